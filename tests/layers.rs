//! The modules of `src/` import from lower layers only, as the table in `docs/ARCHITECTURE.md` says.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules from top to bottom. A module imports from lower lines only, never from its own line.
const LAYERS: &str = "\
app
api
bulk_edit export notes reports saved_filters waiting
contacts
erasure
absences contact_types duplicates external_ids favourites imports organizations settings webhooks
audit_log
accounts
book changes web
audit jobs
db
error i18n logging metrics
config
domain
base
";

/// Crates that the book never imports: it is the same for a page, a command and a job.
const NOT_IN_BOOK: [&str; 4] = ["actix_web", "actix_session", "actix_multipart", "askama"];

#[test]
fn modules_import_from_lower_layers_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut upward = Vec::new();
    for file in rust_files(&root.join("src")) {
        let path = file.strip_prefix(root.join("src")).unwrap();
        let own = module_of(path);
        if ["lib", "main"].contains(&own.as_str()) {
            continue;
        }
        let from = layer(&own).unwrap_or_else(|| panic!("`{own}` has no layer"));
        let code = without_comments(&fs::read_to_string(&file).unwrap());
        for module in imported(&code) {
            let is_below = layer(&module).is_some_and(|to| to > from);
            if module != own && !is_below {
                upward.push(format!("{}: crate::{module}", path.display()));
            }
        }
    }
    assert!(upward.is_empty(), "{} imports go up:\n{}", upward.len(), upward.join("\n"));
}

#[test]
fn the_book_knows_neither_the_framework_nor_the_templates() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/book");
    for file in rust_files(&root) {
        let code = without_comments(&fs::read_to_string(&file).unwrap());
        for name in NOT_IN_BOOK {
            assert!(!code.contains(name), "{} names {name}", file.display());
        }
    }
}

/// The folder whose functions write contacts with all that belongs to a write, and the files that write columns on which
/// nothing else depends: the references of a copy, and the words of the search index.
const WRITERS: [&str; 3] = ["book/write", "app/data_transfer/transfer.rs", "book/search/postgres/mod.rs"];
/// Beginnings of statements that write contacts.
const WRITES: [&str; 6] = [
    "insert_into(contacts::table",
    "update(contacts::table",
    "delete(contacts::table",
    "INSERT INTO contacts ",
    "UPDATE contacts ",
    "DELETE FROM contacts ",
];

#[test]
fn contacts_are_written_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in rust_files(&root) {
        let path = file.strip_prefix(&root).unwrap();
        let code = without_comments(&fs::read_to_string(&file).unwrap());
        let written = WRITES.iter().find(|write| code.contains(*write));
        let is_writer = WRITERS.iter().any(|writer| path.starts_with(writer));
        assert!(
            written.is_none() || is_writer,
            "{}: {}…) leaves out the history, the index and the counts",
            path.display(),
            written.unwrap_or(&"")
        );
    }
}

#[test]
fn the_architecture_shows_the_same_layers() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ARCHITECTURE.md");
    let page = fs::read_to_string(page).unwrap();
    for line in LAYERS.lines() {
        let modules: Vec<&str> = line.split(' ').collect();
        let is_shown = page.lines().any(|shown| {
            let words: Vec<&str> = shown.split_whitespace().collect();
            words.windows(modules.len()).any(|window| window == modules)
        });
        assert!(is_shown, "no line of docs/ARCHITECTURE.md has the layer `{line}`");
    }
}

#[test]
fn what_the_architecture_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/ARCHITECTURE.md")).unwrap();
    let files: Vec<PathBuf> =
        ["src", "tests", "benches"].iter().flat_map(|folder| rust_files(&root.join(folder))).collect();
    let code: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let words: BTreeSet<&str> = code.split(|sign: char| !sign.is_alphanumeric() && sign != '_').collect();
    let is_there = |name: &str| {
        if Path::new(name).extension().is_some_and(|extension| extension == "rs") {
            return files.iter().any(|file| file.ends_with(name));
        }
        // Types, alone or with their functions, and functions with their modules. Other names are not Rust.
        let is_rust = |word: &str| word.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
        let parts: Vec<&str> = name.split("::").collect();
        let is_named = parts.len() > 1 || name.starts_with(char::is_uppercase);
        !is_named || !parts.iter().all(|part| is_rust(part)) || parts.iter().all(|part| words.contains(part))
    };
    let fences: String = page.split("```").step_by(2).collect();
    let names = fences.split('`').skip(1).step_by(2);
    let missing: Vec<&str> = names.filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "docs/ARCHITECTURE.md names what is not there: {missing:?}");
}

/// The module's line in the table, 0 for the top.
fn layer(module: &str) -> Option<usize> {
    LAYERS.lines().position(|line| line.split(' ').any(|name| name == module))
}

/// The top module of a file, by its path below `src`.
fn module_of(path: &Path) -> String {
    let first = path.iter().next().unwrap().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules that `crate::…` names, in `use` statements and elsewhere.
fn imported(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads(group)),
            None => found.extend(identifier(rest)),
        }
    }
    found
}

/// The first name of each item of a group `a, b::c, d::{e, f}}`.
fn heads(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut is_start = true;
    let mut found = Vec::new();
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => is_start = true,
            _ if is_start && !sign.is_whitespace() => {
                is_start = false;
                found.extend(identifier(&group[at..]));
            }
            _ => {}
        }
    }
    found
}

/// The module's name at the beginning of a path. `None` for a type or a macro of the crate's root.
fn identifier(path: &str) -> Option<String> {
    let end = path.find(|sign: char| !sign.is_alphanumeric() && sign != '_')?;
    let name = &path[..end];
    name.starts_with(|sign: char| sign.is_lowercase()).then(|| name.to_owned())
}

fn without_comments(code: &str) -> String {
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
