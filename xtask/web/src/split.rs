//! Splits the lazy pages off the compiled module: each becomes a file that the browser fetches when it is first opened.
//!
//! All parts belong to one build, and an old page must never load code of a newer one, so the file names contain the
//! build.
use eyre::{Context, Result, ensure};
use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// The loader's name is fixed: the compiled app imports it, and Leptos preloads it.
pub const LOADER: &str = "__wasm_split.______________________.js";

/// The files that each lazy page needs. The server reads it and lets the browser preload them with the document.
pub const MANIFEST: &str = "__wasm_split_manifest.json";

/// The files of each page, by the page's name and without their ending.
pub type Manifest = BTreeMap<String, Vec<String>>;

/// The loader's replacement for the browser's `fetch`.
const RETRYING_FETCH: &str = include_str!("fetch.js");

/// Writes the parts, their loader and the manifest to `out`, and returns the path of the remaining module.
pub fn split(wasm: &Path, out: &Path, name: &str) -> Result<PathBuf> {
    let whole = fs::read(wasm).wrap_err_with(|| format!("cannot read {}", wasm.display()))?;
    clear(out)?;
    let main = wasm.with_extension("main.wasm");
    let script = format!("./{name}.js");
    let link = format!("./{LOADER}");
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = out;
    options.main_out_path = &main;
    options.main_module = &script;
    options.link_name = &link;
    let parts = wasm_split_cli_support::transform(options)?;

    let build = build_of(&whole);
    let loader = out.join(LOADER);
    let mut text = fs::read_to_string(&loader)?;
    for part in &parts.split_modules {
        let stem = part.file_stem().unwrap_or_default().to_string_lossy();
        let (old, new) = (format!("\"./{stem}.wasm\""), format!("\"./{stem}.{build}.wasm\""));
        ensure!(text.contains(&old), "the loader does not fetch {}", part.display());
        text = text.replace(&old, &new);
        fs::rename(part, out.join(format!("{stem}.{build}.wasm")))?;
    }
    fs::write(&loader, format!("{text}{RETRYING_FETCH}"))?;

    let files: Manifest = parts
        .prefetch_map
        .into_iter()
        .map(|(page, stems)| (page, stems.into_iter().map(|stem| format!("{stem}.{build}")).collect()))
        .collect();
    fs::write(out.join(MANIFEST), serde_json::to_string_pretty(&files)?)?;
    Ok(main)
}

fn build_of(whole: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    whole.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Removes the parts of earlier builds.
fn clear(out: &Path) -> Result<()> {
    for entry in fs::read_dir(out).wrap_err_with(|| format!("cannot read {}", out.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".wasm") && (name.starts_with("split_") || name.starts_with("chunk_")) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
