//! The licences and the origin of the libraries. Known vulnerabilities are not checked here, since that needs a database that
//! changes every day (docs/security.md).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use spdx::Expression;

/// Licences that require no more than their notice.
const ALLOWED: [&str; 10] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "PostgreSQL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
/// Also allowed for libraries that only tests use: it requires publishing changes of its files, and those are not shipped.
const ALLOWED_IN_TESTS: &str = "MPL-2.0";
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// Libraries that must not be used, and why.
const BANNED: [(&str, &str); 2] =
    [("actix-governor", "GPL"), ("askama_actix", "deprecated; web::page renders")];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
    root: String,
}

/// The dependencies of a package.
#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    /// `dev` for tests and benchmarks.
    kind: Option<String>,
}

impl Resolve {
    /// The packages that the program itself is built with.
    fn shipped(&self) -> BTreeSet<&str> {
        let nodes: BTreeMap<&str, &Node> = self.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let mut shipped = BTreeSet::new();
        let mut next = vec![self.root.as_str()];
        while let Some(id) = next.pop() {
            if !shipped.insert(id) {
                continue;
            }
            let is_shipped = |dependency: &&Dependency| {
                let mut kinds = dependency.dep_kinds.iter();
                kinds.any(|kind| kind.kind.as_deref() != Some("dev"))
            };
            let dependencies = nodes[id].deps.iter().filter(is_shipped);
            next.extend(dependencies.map(|dependency| dependency.pkg.as_str()));
        }
        shipped
    }
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    /// `None` for this package itself.
    source: Option<String>,
}

/// The packages that a build on this machine uses, as in `Cargo.lock`. The build has already fetched them.
fn metadata() -> Metadata {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: "));
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", host.unwrap()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    serde_json::from_slice(&metadata.stdout).unwrap()
}

/// The fault of a package, if there is one.
fn fault(package: &Package, is_shipped: bool) -> Option<String> {
    let Some(source) = &package.source else {
        return (package.name != "carnet").then(|| "it comes from a folder".to_owned());
    };
    if source != CRATES_IO {
        return Some(format!("it comes from {source}"));
    }
    if let Some((_, reason)) = BANNED.iter().find(|(name, _)| *name == package.name) {
        return Some((*reason).to_owned());
    }
    let Some(license) = &package.license else {
        return Some("it names no licence".to_owned());
    };
    // Older packages write `MIT/Apache-2.0`.
    let license = Expression::parse_mode(license, spdx::ParseMode::LAX);
    let is_allowed = license.is_ok_and(|license| {
        license.evaluate(|required| {
            let id = required.license.id();
            id.is_some_and(|id| ALLOWED.contains(&id.name) || !is_shipped && id.name == ALLOWED_IN_TESTS)
        })
    });
    (!is_allowed).then(|| format!("its licence is {:?}", package.license))
}

#[test]
fn every_library_has_a_permissive_licence_and_comes_from_crates_io() {
    let Metadata { packages, resolve } = metadata();
    let shipped = resolve.shipped();
    assert!(shipped.len() > 200, "only {} packages", shipped.len());
    let faults: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let fault = fault(package, shipped.contains(package.id.as_str()))?;
            Some(format!("{} {}: {fault}", package.name, package.version))
        })
        .collect();
    assert_eq!(faults, [""; 0]);
}

/// The Rust files under a path, without tests.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        let name = path.to_string_lossy();
        let is_program = name.ends_with(".rs") && !name.ends_with("tests.rs");
        return if is_program { vec![path.to_owned()] } else { Vec::new() };
    }
    fs::read_dir(path).unwrap().flat_map(|entry| files(&entry.unwrap().path())).collect()
}

/// CI does not build the fuzz targets, whose package takes some modules of the program by their paths.
#[test]
fn the_fuzz_targets_have_the_libraries_of_their_modules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let libraries = |manifest: &str| -> BTreeSet<String> {
        let text = fs::read_to_string(root.join(manifest)).unwrap();
        let (_, rest) = text.split_once("\n[dependencies]\n").unwrap();
        let lines = rest.lines().take_while(|line| !line.starts_with('['));
        let names = lines.filter_map(|line| line.split_once([' ', '.'])).map(|(name, _)| name);
        names.map(|name| name.replace('-', "_")).collect()
    };
    let (ours, theirs) = (libraries("Cargo.toml"), libraries("fuzz/Cargo.toml"));
    assert!(ours.contains("diesel") && theirs.contains("libfuzzer_sys"), "{ours:?} {theirs:?}");
    let parts = ["base/text_enum.rs", "domain", "imports/format", "imports/mapping", "imports/sources"];
    for file in parts.iter().flat_map(|part| files(&root.join("src").join(part))) {
        let text = fs::read_to_string(&file).unwrap();
        let program = text.split("#[cfg(test)]").next().unwrap();
        let used = program.lines().filter_map(|line| line.strip_prefix("use ")?.split_once("::"));
        for (library, _) in used.filter(|(name, _)| ours.contains(*name)) {
            assert!(theirs.contains(library), "{} uses {library}; add it to fuzz/Cargo.toml", file.display());
        }
    }
}

#[test]
fn an_unwanted_library_is_named() {
    let package = |name: &str, license: &str, source: &str| Package {
        id: name.to_owned(),
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        license: Some(license.to_owned()),
        source: Some(source.to_owned()),
    };
    for (name, license, source) in [
        ("a", "GPL-3.0-only", CRATES_IO),
        ("a", "MIT AND AGPL-3.0-only", CRATES_IO),
        ("a", "of our own", CRATES_IO),
        ("a", "MIT", "git+https://example.org/a#0123"),
        ("actix-governor", "MIT", CRATES_IO),
    ] {
        let package = package(name, license, source);
        assert!(fault(&package, false).is_some(), "{name} {license} {source}");
    }
    for license in ["MIT/Apache-2.0", "GPL-2.0-only OR MIT", "Apache-2.0 WITH LLVM-exception"] {
        let package = package("a", license, CRATES_IO);
        assert_eq!(fault(&package, true), None, "{license}");
    }
    let for_tests = package("a", ALLOWED_IN_TESTS, CRATES_IO);
    assert_eq!(fault(&for_tests, false), None);
    assert!(fault(&for_tests, true).is_some());
}
