//! The product for a real machine: an optimised server and a page as small as it gets, each file compressed beforehand.
//!
//! The result, `target/dist`, is everything a machine needs: the program and the folder it serves.
use crate::{
    browser,
    layout::Layout,
    page::{self, Build},
    step::{Attempting, Outcome, Steps, Stop, run},
    toolchain::cargo,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    thread,
};

const BINARYEN: &str = "binaryen@132.0.0";

pub fn all(layout: &Layout, steps: &mut Steps) -> Outcome {
    let dist = layout.dist();
    let site = dist.join("site");
    if dist.exists() {
        fs::remove_dir_all(&dist).attempting(dist.display())?;
    }
    steps.run("find Node", browser::ensure_node)?;
    page::build(layout, steps, Build::Dist, &site)?;
    let wasm_opt = steps.run("find wasm-opt", || ensure_wasm_opt(layout))?;
    steps.run("shrink the page", || {
        let mut modules = Vec::new();
        for entry in fs::read_dir(site.join("pkg"))? {
            modules.push(entry?.path());
        }
        modules.retain(|path| path.extension().is_some_and(|ending| ending == "wasm"));
        shrink(&wasm_opt, modules)
    })?;
    steps.run("compress the page", || {
        run(Command::new("node").arg(layout.root.join("xtask/src/compress.cjs")).arg(&site))
    })?;
    steps.run("compile the server", || {
        run(cargo(layout).args(["build", "--release", "--features", "ssr", "--bin", page::NAME]))
    })?;
    let name = format!("{}{}", page::NAME, std::env::consts::EXE_SUFFIX);
    let built = layout.target.join("release").join(&name);
    fs::copy(&built, dist.join(&name)).attempting(built.display())?;
    println!("==> {}: {} and the folder site", dist.display(), name);
    Ok(())
}

/// One program per module, as many at a time as there are cores.
fn shrink(wasm_opt: &Path, modules: Vec<PathBuf>) -> Outcome {
    let left = Mutex::new(modules);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = || {
        while let Some(module) = next() {
            run(Command::new("node").arg(wasm_opt).arg("-Oz").arg(&module).arg("-o").arg(&module))?;
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

/// Binaryen's optimiser, from npm: the package is the program itself, compiled for Node.
fn ensure_wasm_opt(layout: &Layout) -> Outcome<PathBuf> {
    let folder = layout.tools().join("binaryen");
    let program = folder.join("node_modules/binaryen/bin/wasm-opt");
    let stamp = folder.join("installed");
    if program.exists() && fs::read_to_string(&stamp).is_ok_and(|version| version == BINARYEN) {
        return Ok(program);
    }
    fs::create_dir_all(&folder).attempting(folder.display())?;
    run(Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"])
        .arg(&folder)
        .arg(BINARYEN))?;
    fs::write(&stamp, BINARYEN)?;
    Ok(program)
}
