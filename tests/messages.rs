//! The messages of the pages: every one is used, in both languages. The templates that use them have lines of a readable length.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The longest line of a template, in characters.
const COLUMNS: usize = 160;

#[test]
fn every_message_is_used() {
    let mut used = BTreeSet::new();
    for file in files("templates", "html").iter().chain(&files("src", "rs")) {
        used.extend(ids_in_macros(&fs::read_to_string(file).unwrap()));
    }
    for language in ["fr", "en"] {
        used.extend(references(&catalogue(language)));
    }
    let unused: Vec<String> = ids(&catalogue("fr")).difference(&used).cloned().collect();
    assert!(unused.is_empty(), "nothing uses these messages: {}", unused.join(", "));
}

#[test]
fn every_message_is_in_both_languages() {
    let (french, english) = (ids(&catalogue("fr")), ids(&catalogue("en")));
    let alone: Vec<&String> = french.symmetric_difference(&english).collect();
    assert!(alone.is_empty(), "only one language has these messages: {alone:?}");
}

#[test]
fn lines_of_templates_are_short() {
    let mut long = Vec::new();
    for file in files("templates", "html") {
        for (line, number) in fs::read_to_string(&file).unwrap().lines().zip(1..) {
            let length = line.chars().count();
            if length > COLUMNS {
                long.push(format!("{}:{number}: {length}", file.display()));
            }
        }
    }
    assert!(long.is_empty(), "these lines have more than {COLUMNS} characters:\n{}", long.join("\n"));
}

fn catalogue(language: &str) -> String {
    let path = root().join(format!("templates/i18n/{language}/carnet.ftl"));
    fs::read_to_string(path).unwrap()
}

/// The ids of a catalogue's messages and terms. They begin a line; a term has its `-`.
fn ids(catalogue: &str) -> BTreeSet<String> {
    catalogue
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(id, _)| id.trim_end())
        .filter(|id| is_id(id))
        .map(str::to_owned)
        .collect()
}

/// The ids in the calls of `fl!`: the first string in each. The macro takes nothing but a literal.
fn ids_in_macros(code: &str) -> BTreeSet<String> {
    code.split("fl!(").skip(1).filter_map(|call| call.split('"').nth(1)).map(str::to_owned).collect()
}

/// The messages and terms that other messages show, as in `{ cancel }` and `{ -product }`.
fn references(catalogue: &str) -> BTreeSet<String> {
    catalogue
        .split('{')
        .skip(1)
        .filter_map(|placeable| placeable.split(['}', '.', '(', ' ']).find(|word| !word.is_empty()))
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect()
}

fn is_id(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '-')
        && text.chars().all(|sign| sign.is_ascii_alphanumeric() || ['-', '_'].contains(&sign))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a kind in a folder of the repository and in the folders below it.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut folders = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found
}
