//! Smaller modules for the browser, by Binaryen's optimiser, and the npm packages that the builds use.
//!
//! What is built, and in which order, is in `dist.rs` and `main.rs`.
use crate::{
    layout::Layout,
    step::{Attempting, Outcome, Stop, run},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    thread,
};

/// Binaryen's optimiser for wasm modules: the program itself, compiled for Node.
pub const BINARYEN: Package = Package { name: "binaryen", version: "132.0.0" };
/// Minifies scripts and styles. Maintained, and does both.
pub const ESBUILD: Package = Package { name: "esbuild", version: "0.28.2" };

/// An npm package in a fixed version, used by the build.
pub struct Package {
    name: &'static str,
    version: &'static str,
}

/// For size, again until nothing gets smaller.
const SMALLEST: [&str; 2] = ["-Oz", "--converge"];

/// Optimises each module in its own process, as many at a time as there are cores.
pub fn modules(binaryen: &Path, modules: Vec<PathBuf>) -> Outcome {
    let wasm_opt = binaryen.join("bin/wasm-opt");
    let left = Mutex::new(modules);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = || {
        while let Some(module) = next() {
            run(Command::new("node").arg(&wasm_opt).args(SMALLEST).arg(&module).arg("-o").arg(&module))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err(Stop("the optimiser's worker broke off".into())))
        })
    })
}

/// The files of a folder with one of these endings.
pub fn files(folder: &Path, endings: &[&str]) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).attempting(folder.display())? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            files.push(path);
        }
    }
    Ok(files)
}

/// Installs an npm package if it is missing, and returns its folder.
pub fn ensure(layout: &Layout, package: &Package) -> Outcome<PathBuf> {
    let Package { name, version } = package;
    let folder = layout.tools().join(name);
    let installed = folder.join("node_modules").join(name);
    let stamp = folder.join("installed");
    let wanted = format!("{name}@{version}");
    if installed.exists() && fs::read_to_string(&stamp).is_ok_and(|version| version == wanted) {
        return Ok(installed);
    }
    fs::create_dir_all(&folder).attempting(folder.display())?;
    run(Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"])
        .arg(&folder)
        .arg(&wanted))?;
    fs::write(&stamp, wanted)?;
    Ok(installed)
}
