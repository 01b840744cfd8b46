//! No circle of imports leads through files of different modules, so that a module can be read, changed and tested
//! without those that use it. A name that a file passes on (`pub use`) is followed to the file that defines it.
//!
//! Within a module circles are allowed: a folder's `mod.rs` and its files belong together.

use std::collections::BTreeMap;

use super::{
    report,
    source::{Finding, Naming, Source, product},
};

/// The most files that pass a name on before it is defined.
const HOPS: usize = 8;

#[test]
fn no_circle_of_imports_leads_through_several_modules() {
    let is_test = |source: &Source| {
        ["tests.rs", "fixture.rs", "samples.rs"].iter().any(|end| source.file.ends_with(end))
            || source.file.contains("/tests/")
    };
    report(circles(product().into_iter().filter(|source| !is_test(source)).collect()));
}

#[test]
fn a_circle_is_found_through_a_file_that_passes_a_name_on() {
    let source = |file: &str, text: &str| Source::new(file.to_owned(), text.to_owned());
    let files = vec![
        source("src/ui/state.rs", "use crate::ui::kit::Toast;\n"),
        source("src/ui/kit/mod.rs", "mod toast;\npub use toast::Toast;\n"),
        source("src/ui/kit/toast.rs", "\nuse crate::ui::{icon::Icon, state::AppState};\npub struct Toast;\n"),
        source("src/ui/icon.rs", "mod tests {\n    use crate::ui::kit::Toast;\n}\n"),
    ];
    let found: Vec<String> = circles(files).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "src/ui/state.rs:1: imports src/ui/kit/toast.rs, which leads back here",
            "src/ui/kit/toast.rs:2: imports src/ui/state.rs, which leads back here",
        ]
    );
}

/// Files by their place in a list, and what they import.
struct Imports {
    files: Vec<Source>,
    modules: Vec<Vec<String>>,
    by_module: BTreeMap<Vec<String>, usize>,
    /// For each file, the names that it imports or passes on, with their paths.
    names: Vec<BTreeMap<String, Vec<String>>>,
}

impl Imports {
    fn new(files: Vec<Source>) -> Self {
        let modules: Vec<Vec<String>> = files.iter().map(Source::module).collect();
        let by_module = modules.iter().cloned().enumerate().map(|(at, module)| (module, at)).collect();
        let named = |source: &Source| -> BTreeMap<String, Vec<String>> {
            let uses = source.paths().into_iter().filter(|path| path.naming != Naming::Inline);
            uses.filter_map(|path| named_path(path.segments)).collect()
        };
        let names = files.iter().map(named).collect();
        Self { files, modules, by_module, names }
    }

    /// The file that a path leads to.
    fn resolve(&self, path: &[String], hops: usize) -> Option<usize> {
        let (length, file) = (1..=path.len())
            .rev()
            .find_map(|length| self.by_module.get(&path[..length]).map(|file| (length, *file)))?;
        let passed_on = path.get(length).and_then(|name| self.names[file].get(name)).filter(|_| hops > 0);
        let Some(target) = passed_on else { return Some(file) };
        self.resolve(&[target.as_slice(), &path[length + 1..]].concat(), hops - 1).or(Some(file))
    }

    /// The files that a file imports, each with a line.
    fn of(&self, file: usize) -> BTreeMap<usize, usize> {
        let is_code = |within: &[String]| within.last().is_none_or(|module| module != "tests");
        let paths = self.files[file].paths().into_iter();
        let imported = paths.filter(|path| path.naming != Naming::Reexport && is_code(&path.within));
        let targets = imported.filter_map(|path| Some((self.resolve(&path.segments, HOPS)?, path.line)));
        targets.filter(|(target, _)| *target != file).collect()
    }

    /// The module that a file belongs to.
    fn owner(&self, file: usize) -> &[String] {
        let module = &self.modules[file];
        let depth = if ["domain", "server", "ui"].contains(&module[0].as_str()) { 2 } else { 1 };
        &module[..depth.min(module.len())]
    }
}

/// A path without a final `self`, and the name that it has in the file.
fn named_path(mut path: Vec<String>) -> Option<(String, Vec<String>)> {
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    Some((path.last()?.clone(), path))
}

fn circles(files: Vec<Source>) -> Vec<Finding> {
    let imports = Imports::new(files);
    let targets: Vec<BTreeMap<usize, usize>> = (0..imports.files.len()).map(|file| imports.of(file)).collect();
    let reached: Vec<Vec<bool>> = (0..targets.len()).map(|file| reachable(&targets, file)).collect();
    let mut found = Vec::new();
    for (file, its) in targets.iter().enumerate() {
        for (target, line) in its {
            if reached[*target][file] && imports.owner(file) != imports.owner(*target) {
                let detail = format!("imports {}, which leads back here", imports.files[*target].file);
                found.push(imports.files[file].finding(*line, detail));
            }
        }
    }
    found
}

/// For each file, whether imports lead to it from `start`.
fn reachable(targets: &[BTreeMap<usize, usize>], start: usize) -> Vec<bool> {
    let mut reached = vec![false; targets.len()];
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        for target in targets[file].keys() {
            if !reached[*target] {
                reached[*target] = true;
                open.push(*target);
            }
        }
    }
    reached
}
