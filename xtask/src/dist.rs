//! The product for production: an optimised server and a minimal page, with every file precompressed.
//!
//! The result, `target/dist`, contains everything that a machine needs: the program and the folder it serves.
use crate::{
    browser,
    layout::Layout,
    page::{self, Build},
    server,
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

/// Binaryen's optimiser for wasm modules: the program itself, compiled for Node.
const BINARYEN: Package = Package { name: "binaryen", version: "132.0.0" };
/// Minifies scripts and styles. Maintained, and does both.
const ESBUILD: Package = Package { name: "esbuild", version: "0.28.2" };

/// An npm package in a fixed version, used by the build.
struct Package {
    name: &'static str,
    version: &'static str,
}

pub fn all(layout: &Layout, steps: &mut Steps) -> Outcome {
    let dist = layout.dist();
    let site = dist.join("site");
    if dist.exists() {
        fs::remove_dir_all(&dist).attempting(dist.display())?;
    }
    steps.run("find Node", browser::ensure_node)?;
    page::build(layout, steps, Build::Dist, &site)?;
    let (binaryen, esbuild) =
        steps.run("find wasm-opt and esbuild", || Ok((ensure(layout, &BINARYEN)?, ensure(layout, &ESBUILD)?)))?;
    steps.run("shrink the page", || {
        let pkg = site.join("pkg");
        shrink(&binaryen.join("bin/wasm-opt"), files(&pkg, &["wasm"])?)?;
        run(Command::new("node")
            .arg(layout.root.join("xtask/src/minify.cjs"))
            .arg(&esbuild)
            .args(files(&pkg, &["js", "css"])?))
    })?;
    steps.run("compress the page", || {
        run(Command::new("node").arg(layout.root.join("xtask/src/compress.cjs")).arg(&site))
    })?;
    steps.run("compile the server", || {
        run(cargo(layout).args(["build", "--release", "--features", "ssr", "--bin", page::NAME]))
    })?;
    let name = server::program();
    let built = layout.target.join("release").join(&name);
    fs::copy(&built, dist.join(&name)).attempting(built.display())?;
    println!("==> {}: {} and the folder site", dist.display(), name);
    Ok(())
}

/// Optimises each module for size, again until nothing gets smaller, in its own process; as many at a time as there are
/// cores.
fn shrink(wasm_opt: &Path, modules: Vec<PathBuf>) -> Outcome {
    let left = Mutex::new(modules);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let work = || {
        while let Some(module) = next() {
            run(Command::new("node").arg(wasm_opt).args(["-Oz", "--converge"]).arg(&module).arg("-o").arg(&module))?;
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

fn files(folder: &Path, endings: &[&str]) -> Outcome<Vec<PathBuf>> {
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
fn ensure(layout: &Layout, package: &Package) -> Outcome<PathBuf> {
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
