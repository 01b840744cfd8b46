//! Turns the compiled page into files for the browser. A crate of its own, so that `cargo xtask` itself builds in
//! seconds.
//!
//! Usage: `xtask-web <app.wasm> <out-dir> <name>`
mod split;

use eyre::{Result, eyre};
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let [wasm, out, name] = args.as_slice() else {
        eprintln!("usage: xtask-web <app.wasm> <out-dir> <name>");
        return ExitCode::from(2);
    };
    match bundle(&PathBuf::from(wasm), &PathBuf::from(out), name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-web: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Splits off the lazy parts first, then generates the bindings for the rest: the parts only call the main module.
fn bundle(wasm: &Path, out: &Path, name: &str) -> Result<()> {
    let main = split::split(wasm, out, name)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(main)
        .out_name(name)
        // The parts refer to functions of the main module by the linker's names.
        .keep_lld_exports(true)
        .demangle(false)
        .web(true)
        .and_then(|b| b.omit_default_module_path(false).typescript(false).generate(out))
        .map_err(|error| eyre!("{error:#}"))
}
