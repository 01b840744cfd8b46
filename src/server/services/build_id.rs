//! Identifies the served build of the page. Heartbeats carry it, and a page of another build offers to reload.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

/// A digest of the served code and styles, or the program's version if there are none. Two builds of one version
/// differ, a copy of a build does not.
pub(super) fn build_id(site_root: &Path) -> String {
    let mut files: Vec<_> = fs::read_dir(site_root.join("pkg"))
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "js" || kind == "wasm" || kind == "css"))
        .collect();
    files.sort();
    let mut digest = Sha256::new();
    let mut read = 0;
    for file in &files {
        if let (Some(name), Ok(content)) = (file.file_name(), fs::read(file)) {
            digest.update(name.as_encoded_bytes());
            digest.update((content.len() as u64).to_be_bytes());
            digest.update(content);
            read += 1;
        }
    }
    match read {
        0 => env!("CARGO_PKG_VERSION").to_owned(),
        _ => hex::encode(&digest.finalize()[..8]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_id_depends_on_the_served_files() {
        let site = tempfile::tempdir().expect("a folder");
        assert_eq!(build_id(site.path()), env!("CARGO_PKG_VERSION"));
        let put = |name: &str, content: &str| {
            fs::create_dir_all(site.path().join("pkg")).expect("a folder");
            fs::write(site.path().join("pkg").join(name), content).expect("writes");
        };
        put("handoff.wasm", "one");
        let first = build_id(site.path());
        put("handoff.wasm", "one");
        put("handoff.wasm.br", "its compressed twin");
        assert_eq!(build_id(site.path()), first, "copied anew");
        put("handoff.wasm", "two");
        assert_ne!(build_id(site.path()), first, "another build of the same version");
    }
}
