//! Joins the code that lazy pages share to fewer files.
//!
//! The splitter makes a file for each set of pages that share a function: hundreds, most of a few kilobytes, and a page
//! needs dozens of them. A request costs server and browser more than such a file does. The modules stay as they are, one
//! after the other in a file; the loader cuts them out.
use eyre::{Context, ContextCompat, Result, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::split::{LOADER, MANIFEST, Manifest};

/// How many bytes a page may load in vain to save one request, before compression.
const BYTES_PER_REQUEST: usize = 16_384;

/// Modules in one file, in their order.
struct Group {
    pages: BTreeSet<String>,
    bytes: usize,
    modules: Vec<String>,
}

impl Group {
    fn join(mut self, other: Self) -> Self {
        self.pages.extend(other.pages);
        self.bytes += other.bytes;
        self.modules.extend(other.modules);
        self
    }
}

/// Joins the shared modules in `out`, and changes loader and manifest with them.
pub fn join(out: &Path) -> Result<()> {
    let read = |name: &str| fs::read_to_string(out.join(name)).wrap_err_with(|| format!("cannot read {name}"));
    let mut manifest: Manifest = serde_json::from_str(&read(MANIFEST)?)?;
    let mut loader = read(LOADER)?;
    let mut groups = grouped(shared(&manifest, out)?);
    // A stable order makes the same files of the same module.
    groups.sort_by(|a, b| a.modules.cmp(&b.modules));

    let mut file_of = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        let build =
            group.modules.first().and_then(|stem| stem.split_once('.')).wrap_err("a module without its build")?.1;
        let file = format!("chunk_joined_{index}.{build}");
        let mut joined = Vec::with_capacity(group.bytes);
        for stem in &group.modules {
            let from = joined.len();
            joined.extend(fs::read(out.join(format!("{stem}.wasm")))?);
            let (old, new) = (
                format!("fetch(new URL(\"./{stem}.wasm\", import.meta.url))"),
                format!("fetchSlice(new URL(\"./{file}.wasm\", import.meta.url), {from}, {})", joined.len()),
            );
            ensure!(loader.contains(&old), "the loader does not fetch {stem}");
            loader = loader.replace(&old, &new);
            file_of.insert(stem.clone(), file.clone());
        }
        fs::write(out.join(format!("{file}.wasm")), joined)?;
    }
    fs::write(out.join(LOADER), loader)?;
    for stems in manifest.values_mut() {
        let mut known = BTreeSet::new();
        *stems = stems
            .iter()
            .map(|stem| file_of.get(stem).unwrap_or(stem).clone())
            .filter(|stem| known.insert(stem.clone()))
            .collect();
    }
    fs::write(out.join(MANIFEST), serde_json::to_string_pretty(&manifest)?)?;
    // Last: a build that is stopped before leaves a page that works.
    for stem in file_of.keys() {
        fs::remove_file(out.join(format!("{stem}.wasm")))?;
    }
    Ok(())
}

/// Each module that several pages load, in a group of its own.
fn shared(manifest: &Manifest, out: &Path) -> Result<Vec<Group>> {
    let mut pages: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
    for (page, stems) in manifest {
        for stem in stems.iter().filter(|stem| stem.starts_with("chunk_")) {
            pages.entry(stem).or_default().insert(page.clone());
        }
    }
    pages
        .into_iter()
        .map(|(stem, pages)| {
            let bytes = fs::metadata(out.join(format!("{stem}.wasm")))?.len().try_into()?;
            Ok(Group { pages, bytes, modules: vec![stem.clone()] })
        })
        .collect()
}

/// Joins the two groups that save the most, again and again, until every further pair would cost more than it saves.
fn grouped(mut groups: Vec<Group>) -> Vec<Group> {
    loop {
        let pairs = (0..groups.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
        let best = pairs.map(|(a, b)| (saving(&groups[a], &groups[b]), a, b)).max_by_key(|(saving, ..)| *saving);
        let Some((1.., a, b)) = best else {
            return groups;
        };
        let second = groups.swap_remove(b);
        let first = groups.swap_remove(a);
        groups.push(first.join(second));
    }
}

/// What one file instead of two saves, in bytes: a request for each page that needs both, less what the others would load
/// in vain.
fn saving(a: &Group, b: &Group) -> i64 {
    let both = a.pages.intersection(&b.pages).count();
    let vain = a.pages.difference(&b.pages).count() * b.bytes + b.pages.difference(&a.pages).count() * a.bytes;
    (both * BYTES_PER_REQUEST) as i64 - vain as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(pages: &[&str], bytes: usize, module: &str) -> Group {
        Group { pages: pages.iter().map(ToString::to_string).collect(), bytes, modules: vec![module.into()] }
    }

    fn modules(groups: &[Group]) -> BTreeSet<BTreeSet<&str>> {
        groups.iter().map(|group| group.modules.iter().map(String::as_str).collect()).collect()
    }

    #[test]
    fn what_the_same_pages_need_is_one_file() {
        let groups = grouped(vec![
            group(&["team", "flows"], 900_000, "a"),
            group(&["team", "reports"], 900_000, "b"),
            group(&["team", "flows"], 900_000, "c"),
        ]);

        assert_eq!(modules(&groups), [["a", "c"].into(), ["b"].into()].into());
    }

    #[test]
    fn a_small_module_is_loaded_in_vain_and_a_large_one_is_not() {
        let groups = grouped(vec![
            group(&["team", "flows"], 900_000, "large"),
            group(&["team", "flows", "reports"], 1_000, "small"),
        ]);
        assert_eq!(groups.len(), 2, "the reports would load the large one");

        let groups = grouped(vec![
            group(&["team", "flows", "reports"], 900_000, "large"),
            group(&["team", "flows"], 1_000, "small"),
        ]);
        assert_eq!(groups.len(), 1);
    }

    #[test]
    fn what_no_page_needs_together_stays_apart() {
        let groups = grouped(vec![group(&["team"], 10, "a"), group(&["flows"], 10, "b")]);

        assert_eq!(groups.len(), 2);
    }

    #[test]
    fn loader_and_manifest_find_each_module_in_its_file() {
        // Given three modules, of which two are always loaded together, and a part that is no shared module.
        let out = std::env::temp_dir().join(format!("handoff-join-{}", std::process::id()));
        fs::create_dir_all(&out).unwrap();
        let fetch = |stem: &str| format!("fetch(new URL(\"./{stem}.wasm\", import.meta.url));\n");
        let stems = ["chunk_1.b1", "chunk_2.b1", "chunk_0.b1", "split_team.b1"];
        fs::write(out.join(LOADER), stems.map(fetch).concat()).unwrap();
        for (stem, bytes) in stems.iter().zip([vec![1; 60_000], vec![2; 60_000], vec![3; 60_000], vec![4]]) {
            fs::write(out.join(format!("{stem}.wasm")), bytes).unwrap();
        }
        let manifest = serde_json::json!({
            "team": ["chunk_1.b1", "chunk_2.b1", "chunk_0.b1", "split_team.b1"],
            "flows": ["chunk_1.b1", "chunk_0.b1"],
            "reports": ["chunk_1.b1", "chunk_0.b1"],
        });
        fs::write(out.join(MANIFEST), manifest.to_string()).unwrap();

        // When they are joined.
        join(&out).unwrap();

        // Then one file has both, and the loader cuts them out of it.
        let loader = fs::read_to_string(out.join(LOADER)).unwrap();
        let joined = fs::read(out.join("chunk_joined_0.b1.wasm")).unwrap();
        assert_eq!((joined.len(), joined[0], joined[60_000]), (120_000, 3, 1));
        assert!(
            loader.contains("fetchSlice(new URL(\"./chunk_joined_0.b1.wasm\", import.meta.url), 60000, 120000)"),
            "{loader}"
        );
        assert!(
            loader.contains("fetchSlice(new URL(\"./chunk_joined_1.b1.wasm\", import.meta.url), 0, 60000)"),
            "{loader}"
        );
        assert!(loader.contains(&fetch("split_team.b1")), "{loader}");
        let manifest: Manifest = serde_json::from_str(&fs::read_to_string(out.join(MANIFEST)).unwrap()).unwrap();
        assert_eq!(manifest["team"], ["chunk_joined_0.b1", "chunk_joined_1.b1", "split_team.b1"]);
        assert_eq!(manifest["flows"], ["chunk_joined_0.b1"]);
        for stem in &stems[..3] {
            assert!(!out.join(format!("{stem}.wasm")).exists(), "{stem}");
        }
        fs::remove_dir_all(&out).unwrap();
    }
}
