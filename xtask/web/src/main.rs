//! Turns the compiled page into files a browser loads. Its own crate, so that `cargo xtask` itself builds in seconds.
//!
//! Usage: `xtask-web <app.wasm> <out-dir> <name>`
use std::{env, path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let [wasm, out, name] = args.as_slice() else {
        eprintln!("usage: xtask-web <app.wasm> <out-dir> <name>");
        return ExitCode::from(2);
    };
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    let made = bindgen
        .input_path(PathBuf::from(wasm))
        .out_name(name)
        .web(true)
        .and_then(|b| b.omit_default_module_path(false).typescript(false).generate(out));
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask-web: {error:#}");
            ExitCode::FAILURE
        }
    }
}
