//! `docs/security.md` has a row for every applicable requirement of OWASP ASVS 5.0, levels 1 and 2, and names only tests that
//! exist.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// The requirements that apply to a server-rendered product without script.
const APPLYING: &[&str] = &[
    "V1.1.1", "V1.1.2", "V1.2.1", "V1.2.2", "V1.2.3", "V1.2.4", "V1.2.5", "V1.2.9", "V1.3.2", "V1.3.3",
    "V1.3.6", "V1.3.7", "V1.3.10", "V1.4.1", "V1.4.2", "V1.4.3", "V1.5.2", "V2.1.1", "V2.1.2", "V2.1.3",
    "V2.2.1", "V2.2.2", "V2.2.3", "V2.3.1", "V2.3.2", "V2.3.3", "V2.3.4", "V2.4.1", "V3.2.1", "V3.3.1",
    "V3.3.2", "V3.3.3", "V3.3.4", "V3.4.1", "V3.4.2", "V3.4.3", "V3.4.4", "V3.4.5", "V3.4.6", "V3.5.1",
    "V3.5.3", "V3.5.4", "V3.7.1", "V3.7.2", "V4.1.1", "V4.1.2", "V4.1.3", "V4.2.1", "V5.1.1", "V5.2.1",
    "V5.2.2", "V5.2.3", "V5.3.1", "V5.3.2", "V5.4.1", "V5.4.2", "V6.1.1", "V6.1.2", "V6.2.1", "V6.2.2",
    "V6.2.3", "V6.2.4", "V6.2.5", "V6.2.6", "V6.2.7", "V6.2.8", "V6.2.9", "V6.2.10", "V6.2.11", "V6.2.12",
    "V6.3.1", "V6.3.2", "V6.3.3", "V6.3.4", "V6.4.1", "V6.4.2", "V6.4.3", "V6.4.4", "V6.5.1", "V6.5.2",
    "V6.5.3", "V6.5.4", "V6.5.5", "V6.8.1", "V6.8.2", "V6.8.4", "V7.1.1", "V7.1.2", "V7.2.1", "V7.2.2",
    "V7.2.3", "V7.2.4", "V7.3.1", "V7.3.2", "V7.4.1", "V7.4.2", "V7.4.3", "V7.4.4", "V7.4.5", "V7.5.1",
    "V7.5.2", "V8.1.1", "V8.1.2", "V8.2.1", "V8.2.2", "V8.2.3", "V8.3.1", "V9.1.1", "V9.1.2", "V9.1.3",
    "V9.2.1", "V9.2.2", "V9.2.3", "V10.1.1", "V10.1.2", "V10.2.1", "V10.2.2", "V10.5.1", "V10.5.2",
    "V10.5.3", "V10.5.4", "V11.1.1", "V11.1.2", "V11.2.1", "V11.2.2", "V11.2.3", "V11.3.1", "V11.3.2",
    "V11.3.3", "V11.4.1", "V11.4.2", "V11.4.3", "V11.5.1", "V12.1.1", "V12.1.2", "V12.2.1", "V12.2.2",
    "V12.3.1", "V12.3.2", "V12.3.3", "V12.3.4", "V13.1.1", "V13.2.1", "V13.2.2", "V13.2.3", "V13.2.4",
    "V13.2.5", "V13.3.1", "V13.3.2", "V13.4.1", "V13.4.2", "V13.4.3", "V13.4.4", "V13.4.5", "V14.1.1",
    "V14.1.2", "V14.2.1", "V14.2.2", "V14.2.3", "V14.2.4", "V14.3.1", "V14.3.2", "V14.3.3", "V15.1.1",
    "V15.1.2", "V15.1.3", "V15.2.1", "V15.2.2", "V15.2.3", "V15.3.1", "V15.3.3", "V15.3.4", "V15.3.5",
    "V15.3.7", "V16.1.1", "V16.2.1", "V16.2.2", "V16.2.3", "V16.2.4", "V16.2.5", "V16.3.1", "V16.3.2",
    "V16.3.3", "V16.3.4", "V16.4.1", "V16.4.2", "V16.4.3", "V16.5.1", "V16.5.2", "V16.5.3",
];

#[test]
fn every_requirement_has_a_row_and_every_test_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let rows: Vec<(&str, &str)> =
        page.lines().filter_map(|line| line.strip_prefix("| V")?.split_once(" | ")).collect();
    let missing: Vec<_> =
        APPLYING.iter().filter(|id| !rows.iter().any(|(row, _)| row == &&id[1..])).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    let ordered: Vec<_> = rows.iter().map(|(id, _)| format!("V{id}")).collect();
    let listed = ordered.iter().filter(|id| APPLYING.contains(&id.as_str()));
    assert!(listed.eq(APPLYING.iter()), "the rows stand in the order of the list, each once");
    for (id, row) in &rows {
        let cells: Vec<_> = row.trim_end_matches(" |").split(" | ").collect();
        assert!(cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()), "V{id}: {row}");
    }

    let mut known = HashSet::new();
    gather(&root.join("src"), &mut known);
    gather(&root.join("tests"), &mut known);
    // The name of a test has code style and at least four words.
    let named = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.matches('_').count() >= 3)
        .filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
    let named: HashSet<&str> = named.collect();
    assert!(named.len() > 60, "only {} tests are named", named.len());
    let mut absent: Vec<_> = named.difference(&known.iter().map(String::as_str).collect()).copied().collect();
    absent.sort_unstable();
    assert!(absent.is_empty(), "no such test: {absent:?}");
}

/// The names of all functions in a folder.
fn gather(folder: &Path, known: &mut HashSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, known);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(path).unwrap();
            let names = text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<', ' ']).next());
            known.extend(names.map(str::to_owned));
        }
    }
}
