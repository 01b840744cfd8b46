//! Turns the compiled page into files for the browser. A crate of its own, so that `cargo xtask` itself builds in
//! seconds.
//!
//! Usage: `xtask-web split <app.wasm> <out-dir> <name>`, then `xtask-web join <out-dir>`. What is done to each module by
//! itself is done between the two.
mod join;
mod split;

use eyre::{Result, eyre};
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match args.as_slice() {
        ["split", wasm, out, name] => bundle(&PathBuf::from(wasm), &PathBuf::from(out), name),
        ["join", out] => join::join(&PathBuf::from(out)),
        _ => {
            eprintln!("usage: xtask-web split <app.wasm> <out-dir> <name> | xtask-web join <out-dir>");
            return ExitCode::from(2);
        }
    };
    match outcome {
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
