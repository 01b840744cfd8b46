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
    time::SystemTime,
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

/// How much time is spent on a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// A minute for the whole page. A third of the size, and what the browser compiles at every load.
    Least,
    /// For size, again until nothing gets smaller.
    Most,
}

impl Effort {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Least => &["-O1"],
            Self::Most => &["-Oz", "--converge"],
        }
    }
}

/// Brings `small` up to date: a copy of `site` with smaller modules. For the browser tests, which load hundreds of pages
/// and would spend most of their time compiling modules that nothing has optimised.
pub fn copy(layout: &Layout, site: &Path, small: &Path) -> Outcome {
    let made = |folder: &Path| modified(&folder.join("pkg").join(format!("{}_bg.wasm", crate::page::NAME)));
    if made(small).is_some() && made(small) > made(site) {
        // Styles and public files change without the modules.
        return crate::page::copy_tree(site, small);
    }
    if small.exists() {
        fs::remove_dir_all(small).attempting(small.display())?;
    }
    // Under another name until it is whole: a run that breaks off leaves nothing that looks finished.
    let unfinished = small.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).attempting(unfinished.display())?;
    }
    crate::page::copy_tree(site, &unfinished)?;
    let binaryen = ensure(layout, &BINARYEN)?;
    modules(&binaryen, Effort::Least, files(&unfinished.join("pkg"), &["wasm"])?)?;
    fs::rename(&unfinished, small).attempting(small.display())
}

/// Optimises each module in its own process, as many at a time as there are cores.
pub fn modules(binaryen: &Path, effort: Effort, modules: Vec<PathBuf>) -> Outcome {
    let wasm_opt = binaryen.join("bin/wasm-opt");
    let left = Mutex::new(modules);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = || {
        while let Some(module) = next() {
            run(Command::new("node").arg(&wasm_opt).args(effort.flags()).arg(&module).arg("-o").arg(&module))?;
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

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|about| about.modified()).ok()
}
