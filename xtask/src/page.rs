//! The page: compiles and bundles it, and copies its styles and public files. Knows files and their order, not their
//! meaning.
//!
//! A new kind of asset is another function called from [`assets`].
use crate::{
    background::Background,
    layout::Layout,
    step::{Attempting, Outcome, Steps, run},
    toolchain::{PageToolchain, WASM, cargo, for_page, for_small_page},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

/// The name that server and bundler share: `/pkg/handoff.js`, `/pkg/handoff_bg.wasm`, `/pkg/handoff.css`.
///
/// The server gets it at run time only. If LEPTOS_OUTPUT_NAME were set while the server is *compiled*, Leptos would
/// assume a cargo-leptos build and request `handoff.wasm`, without the `_bg` that wasm-bindgen appends.
pub const NAME: &str = "handoff";

/// Brings everything the browser loads up to date in `site`. Returns the toolchain, for later rebuilds.
pub fn build(layout: &Layout, steps: &mut Steps, build: Build, site: &Path) -> Outcome<PageToolchain> {
    let toolchain = find_toolchain(layout, steps, build)?;
    let bundler = Background::begin(&compile_bundler(layout), &layout.scratch().join("bundler.log"))?;
    steps.run("compile the page", || run(&mut compile(layout, toolchain, build)))?;
    steps.run("compile the bundler", || bundler.finish())?;
    finish(layout, steps, build, site)?;
    Ok(toolchain)
}

/// Like [`build`], with `server` in the foreground: three builds in parallel. Each has its own build folder
/// and compiles its last crates sequentially, so separate runs would leave cores idle.
pub fn build_beside(
    layout: &Layout,
    steps: &mut Steps,
    build: Build,
    site: &Path,
    server: impl FnOnce(&mut Steps) -> Outcome,
) -> Outcome<PageToolchain> {
    let toolchain = find_toolchain(layout, steps, build)?;
    let logs = layout.scratch();
    let bundler = Background::begin(&compile_bundler(layout), &logs.join("bundler.log"))?;
    let page = Background::begin(&compile(layout, toolchain, build), &logs.join("page.log"))?;
    server(steps)?;
    steps.run("compile the page", || page.finish())?;
    steps.run("compile the bundler", || bundler.finish())?;
    finish(layout, steps, build, site)?;
    Ok(toolchain)
}

fn find_toolchain(layout: &Layout, steps: &mut Steps, build: Build) -> Outcome<PageToolchain> {
    match build {
        Build::Dev | Build::Test => for_page(layout, steps),
        Build::Dist => for_small_page(layout, steps),
    }
}

fn finish(layout: &Layout, steps: &mut Steps, build: Build, site: &Path) -> Outcome {
    steps.run("bundle the page", || bundle(layout, build, site))?;
    steps.run("collect styles and public files", || assets(layout, site))
}

/// The command that compiles the page's module.
pub fn compile(layout: &Layout, toolchain: PageToolchain, build: Build) -> Command {
    let mut cargo = toolchain.cargo(layout);
    if build == Build::Dist && toolchain.has_std_source() {
        // Cargo and compiler are stable releases, but these two flags are unstable.
        cargo.env("RUSTC_BOOTSTRAP", "1").args(STD_WITHOUT_PANIC_MESSAGES);
    }
    let profile = profile(build);
    cargo.args([
        "rustc",
        "--package",
        NAME,
        "--lib",
        // Set here and not in `Cargo.toml`: server and tests need the library as one crate type only, not also as a
        // dynamic library.
        "--crate-type",
        "cdylib",
        "--features",
        "hydrate",
        "--target",
        WASM,
        "--profile",
        profile,
        // The bundler splits the module and needs its relocations. Set for the last crate only, so that the other
        // crates are not compiled again.
        "--",
        "-Clink-arg=--emit-relocs",
    ]);
    cargo
}

/// Compiles the standard library along with the page, so that a panic is a plain trap without messages, source
/// locations or formatting code. This saves a tenth of the module and makes the rest compress better. Development
/// builds keep panic messages.
const STD_WITHOUT_PANIC_MESSAGES: [&str; 4] = [
    "-Zbuild-std=std,panic_abort",
    "-Zbuild-std-features=optimize_for_size",
    "--config",
    // These follow the flags of `.cargo/config.toml`, so this panic strategy takes precedence.
    r#"build.rustflags=["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"]"#,
];

/// How much build time may be spent on making the page small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    Dev,
    /// For the browser tests, which load hundreds of pages.
    Test,
    Dist,
}

/// The Cargo profile of the page.
pub fn profile(build: Build) -> &'static str {
    match build {
        Build::Dev => "wasm-dev",
        Build::Test => "wasm-test",
        Build::Dist => "wasm-dist",
    }
}

fn compile_bundler(layout: &Layout) -> Command {
    cargo_on_bundler(layout, "build")
}

/// The command that tests the bundler.
pub fn test_bundler(layout: &Layout) -> Command {
    cargo_on_bundler(layout, "test")
}

fn cargo_on_bundler(layout: &Layout, verb: &str) -> Command {
    let mut command = cargo(layout);
    command.args([verb, "--package", "xtask-web", "--profile", "tool"]);
    command
}

fn bundler(layout: &Layout) -> PathBuf {
    layout.target.join("tool").join(format!("xtask-web{}", std::env::consts::EXE_SUFFIX))
}

/// Turns the compiled module into files for the browser. Does nothing if module and bundler are older than the result.
pub fn bundle(layout: &Layout, build: Build, site: &Path) -> Outcome {
    let module = layout.target.join(WASM).join(profile(build)).join(format!("{NAME}.wasm"));
    let bundler = bundler(layout);
    let pkg = site.join("pkg");
    let made = modified(&pkg.join(format!("{NAME}_bg.wasm")));
    if made.is_some() && made > modified(&module) && made > modified(&bundler) {
        println!("    up to date");
        return Ok(());
    }
    fs::create_dir_all(&pkg).attempting(pkg.display())?;
    run(Command::new(bundler).arg("split").arg(module).arg(&pkg).arg(NAME))?;
    match build {
        Build::Dev | Build::Test => join(layout, &pkg),
        // Each module is optimised first.
        Build::Dist => Ok(()),
    }
}

/// Joins the modules that pages share to fewer files.
pub fn join(layout: &Layout, pkg: &Path) -> Outcome {
    run(Command::new(bundler(layout)).arg("join").arg(pkg))
}

/// The stylesheets: what every page has, and what only pages besides the desk have. Each by its name in `style/` and the
/// name it is served by, without their ending. `ui/page_styles.rs` names the second one.
const STYLESHEETS: [(&str, &str); 2] = [("main", NAME), ("pages", "pages")];

/// Joins the styles into the stylesheets, and copies public files to where the server expects them.
pub fn assets(layout: &Layout, site: &Path) -> Outcome {
    fs::create_dir_all(site.join("pkg")).attempting(site.display())?;
    for (entry, served) in STYLESHEETS {
        let entry = layout.root.join(format!("style/{entry}.css"));
        let styles = if entry.is_file() { joined_styles(&entry)? } else { String::new() };
        write_if_changed(&site.join("pkg").join(format!("{served}.css")), styles.as_bytes())?;
    }
    let public = layout.root.join("public");
    if public.is_dir() { copy_tree(&public, site) } else { Ok(()) }
}

/// A stylesheet with each `@import "file.css";` line replaced by that file, so that the browser makes one request.
/// Imports of URLs are kept.
fn joined_styles(entry: &Path) -> Outcome<String> {
    let text = fs::read_to_string(entry).attempting(entry.display())?;
    let folder = entry.parent().unwrap_or(Path::new("."));
    let mut joined = String::new();
    for line in text.lines() {
        match imported(line) {
            Some((file, layer)) => {
                let part = joined_styles(&folder.join(file))?;
                match layer {
                    Some(layer) => joined += &format!("@layer {layer} {{\n{part}}}\n"),
                    None => joined += &part,
                }
            }
            None => {
                joined += line;
                joined.push('\n');
            }
        }
    }
    Ok(joined)
}

/// The local file that a line imports, and its cascade layer.
fn imported(line: &str) -> Option<(&str, Option<&str>)> {
    let rest = line.trim().strip_prefix("@import")?.trim_start();
    let rest = rest.strip_prefix("url(").unwrap_or(rest);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (file, rest) = rest[1..].split_once(quote)?;
    if file.contains("//") {
        return None;
    }
    let layer = rest.split_once("layer(").and_then(|(_, rest)| rest.split_once(')')).map(|(name, _)| name.trim());
    Some((file.trim_start_matches("./"), layer))
}

/// Copies the files that are missing in `to` or older there.
pub fn copy_tree(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to).attempting(to.display())?;
    for entry in fs::read_dir(from).attempting(from.display())? {
        let entry = entry?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_tree(&source, &copy)?;
        } else if modified(&copy).is_none() || modified(&copy) < modified(&source) {
            fs::copy(&source, &copy).attempting(source.display())?;
        }
    }
    Ok(())
}

fn write_if_changed(path: &PathBuf, content: &[u8]) -> Outcome {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    fs::write(path, content).attempting(path.display())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|about| about.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_way_to_import_a_local_file() {
        assert_eq!(imported("@import \"tokens.css\";"), Some(("tokens.css", None)));
        assert_eq!(imported("  @import url('./desk.css');"), Some(("desk.css", None)));
        assert_eq!(imported("@import \"base.css\" layer(base);"), Some(("base.css", Some("base"))));
        assert_eq!(imported("@import url(\"https://example.test/a.css\");"), None);
        assert_eq!(imported(".a { color: red }"), None);
    }

    #[test]
    fn styles_are_joined_in_order() {
        let folder = std::env::temp_dir().join(format!("xtask-styles-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        fs::write(folder.join("main.css"), "@layer a, b;\n@import \"one.css\";\n@import \"two.css\" layer(b);\n")
            .expect("write");
        fs::write(folder.join("one.css"), "i { }\n").expect("write");
        fs::write(folder.join("two.css"), "b { }\n").expect("write");
        let joined = joined_styles(&folder.join("main.css"));
        fs::remove_dir_all(&folder).expect("clean up");
        assert_eq!(joined.expect("joined"), "@layer a, b;\ni { }\n@layer b {\nb { }\n}\n");
    }
}
