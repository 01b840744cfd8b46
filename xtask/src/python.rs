//! Programs from PyPI, each in its own virtual environment below `target`, so that the machine's Python is not
//! modified.
//!
//! To add one: a folder name and pip's arguments, in the file of the step that needs it.
use crate::{
    layout::Layout,
    machine,
    step::{Outcome, run},
};
use std::{ffi::OsStr, fs, path::PathBuf, process::Command};

/// An environment `name` with the packages in `wanted` (arguments of `pip install`). Returns its `bin` folder.
pub fn ensure<S: AsRef<OsStr>>(layout: &Layout, name: &str, wanted: &[S], purpose: &str) -> Outcome<PathBuf> {
    let bin = empty(layout, name, purpose)?;
    run(Command::new(bin.join("pip")).args(["install", "--quiet", "--disable-pip-version-check"]).args(wanted))?;
    Ok(bin)
}

/// An environment `name` that contains only pip. Returns its `bin` folder.
pub fn empty(layout: &Layout, name: &str, purpose: &str) -> Outcome<PathBuf> {
    let folder = layout.tools().join(name);
    fs::create_dir_all(layout.tools())?;
    if !folder.join("bin/pip").exists() {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&folder);
        if run(&mut venv).is_err() {
            // Debian packages venv separately; without it the command exists but fails.
            let elsewhere = "install Python 3.10 or newer, with its module venv";
            machine::install(purpose, &["python3", "python3-venv"], elsewhere)?;
            run(&mut venv)?;
        }
    }
    Ok(folder.join("bin"))
}
