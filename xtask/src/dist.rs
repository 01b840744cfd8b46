//! The product for a real machine: an optimised server and a page as small as it gets, each file compressed beforehand.
//!
//! The result, `target/dist`, is everything a machine needs: the program and the folder it serves.
use crate::{
    browser,
    layout::Layout,
    page::{self, Build},
    step::{Attempting, Outcome, Steps, run},
    toolchain::cargo,
};
use std::{fs, path::PathBuf, process::Command};

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
        for entry in fs::read_dir(site.join("pkg"))? {
            let module = entry?.path();
            if module.extension().is_some_and(|ending| ending == "wasm") {
                run(Command::new("node").arg(&wasm_opt).arg("-Oz").arg(&module).arg("-o").arg(&module))?;
            }
        }
        Ok(())
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
