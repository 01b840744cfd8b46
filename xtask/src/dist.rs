//! The product for production: an optimised server and a minimal page, with every file precompressed.
//!
//! The result, `target/dist`, contains everything that a machine needs: the program and the folder it serves.
use crate::{
    browser,
    layout::Layout,
    page::{self, Build},
    server,
    shrink::{BINARYEN, ESBUILD, ensure, files, modules},
    step::{Attempting, Outcome, Steps, run},
    toolchain::cargo,
};
use std::{fs, process::Command};

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
        modules(&binaryen, files(&pkg, &["wasm"])?)?;
        page::join(layout, &pkg)?;
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
