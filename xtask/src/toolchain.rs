//! The compilers: cargo for the server, and a toolchain for the browser, which is installed if it is missing.
//!
//! There are three ways to get the browser target, tried in this order: the active toolchain has it; rustup can add it;
//! Debian packages a second toolchain ("web"), whose standard library is compiled here once: a machine may reach
//! packages but not rustup's server. A fourth way is added in [`for_page`]. The `dist` build also needs the source of
//! the standard library; [`for_small_page`] finds it.
use crate::{
    layout::Layout,
    machine,
    step::{Attempting, Outcome, Steps, Stop, on_path, run},
};
use std::{
    env,
    ffi::OsString,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub const WASM: &str = "wasm32-unknown-unknown";
const WEB_PACKAGES: [&str; 7] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22", WEB_LINTERS[0], WEB_LINTERS[1]];
/// rustfmt and clippy of Debian's second toolchain, the only packaged versions that are new enough for this project.
const WEB_LINTERS: [&str; 2] = ["rustfmt-web", "rust-web-clippy"];

/// The cargo of the active toolchain, for everything that runs on this machine.
pub fn cargo(layout: &Layout) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(&layout.root);
    own_flags(&mut command);
    command
}

/// Removes flags set in the user's shell: they would differ between server and page and cause a full rebuild each time.
/// The flags in `.cargo/config.toml` apply to all builds.
fn own_flags(command: &mut Command) {
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    if builds_are_linted() {
        // What `cargo clippy` sets for a check. Clippy is the compiler with more lints, and a build is as good to it.
        command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
        command.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    }
}

/// Whether our crates are compiled by clippy, and a warning refuses the build. `.ci/run` sets the variable, which saves
/// one pass over server, tests and page; a developer who lints has no use for the programs that come with it.
pub fn builds_are_linted() -> bool {
    env::var_os("HANDOFF_LINTED_BUILDS").is_some()
}

/// The toolchain that builds the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageToolchain {
    /// The toolchain that builds the server.
    Active,
    /// Debian's toolchain, linked into rustup under the name `web`.
    LinkedWeb,
    /// Debian's toolchain, on a machine without rustup.
    DebianWeb,
}

impl PageToolchain {
    pub fn cargo(self, layout: &Layout) -> Command {
        let mut command = match self {
            Self::Active => return cargo(layout),
            Self::LinkedWeb => rustup_run("cargo"),
            Self::DebianWeb => {
                let mut command = Command::new("/usr/bin/cargo");
                command.env("RUSTC", "/usr/bin/rustc").env_remove("LD_LIBRARY_PATH");
                command
            }
        };
        // Each toolchain has its own; the one that `cargo run` sets belongs to the server's.
        command.current_dir(&layout.root).env_remove("CARGO");
        own_flags(&mut command);
        command
    }

    fn rustc(self) -> Command {
        match self {
            Self::Active => Command::new(env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"))),
            Self::LinkedWeb => rustup_run("rustc"),
            Self::DebianWeb => Command::new("/usr/bin/rustc"),
        }
    }

    /// Whether it can compile the standard library along with the page.
    pub fn has_std_source(self) -> bool {
        self.sysroot().is_some_and(|sysroot| sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").exists())
    }

    /// The folder of its libraries.
    fn sysroot(self) -> Option<PathBuf> {
        let output = self.rustc().args(["--print", "sysroot"]).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
    }

    /// Whether it can produce a wasm module: tests the standard library, its match with this compiler and the linker in
    /// a fraction of a second. Checking for files would miss a compiler that was upgraded without them.
    fn works(self, layout: &Layout) -> bool {
        let out = layout.scratch().join("probe.wasm");
        let mut command = self.rustc();
        command
            .args(["--edition", "2024", "--crate-type", "cdylib", "--target", WASM, "-o"])
            .arg(out)
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else { return false };
        let written =
            child.stdin.take().map(|mut stdin| stdin.write_all(b"pub fn probe() -> String { String::new() }"));
        // A compiler without the target closes its input early; its exit status is the answer either way.
        drop(written);
        child.wait().is_ok_and(|status| status.success())
    }
}

fn rustup_run(program: &str) -> Command {
    let mut command = Command::new("rustup");
    // Cargo sets this to the libraries of its own toolchain, which are not those of `web`.
    command.args(["run", "web", program]).env_remove("LD_LIBRARY_PATH");
    command
}

/// A toolchain that can build for the browser, installed if necessary.
pub fn for_page(layout: &Layout, steps: &mut Steps) -> Outcome<PageToolchain> {
    steps.run("find a compiler for the browser", || {
        fs::create_dir_all(layout.scratch())?;
        let ready = [PageToolchain::Active, PageToolchain::LinkedWeb].into_iter().find(|one| one.works(layout));
        if let Some(toolchain) = ready {
            return Ok(toolchain);
        }
        let rustup = on_path("rustup").is_some();
        if rustup {
            match run(Command::new("rustup").args(["target", "add", WASM])) {
                Ok(()) if PageToolchain::Active.works(layout) => return Ok(PageToolchain::Active),
                Ok(()) => println!("    rustup has the target, but a trial build fails"),
                Err(stop) => println!("    {stop}"),
            }
        } else if PageToolchain::DebianWeb.works(layout) {
            return Ok(PageToolchain::DebianWeb);
        }
        if machine::debian_release() != Some(12) {
            return Err(Stop(format!(
                "the page is compiled for {WASM}, which no toolchain here can do. Run this, then try again:\n\n    rustup target add {WASM}\n"
            )));
        }
        install_web(layout, rustup)
    })
}

/// A toolchain for the `dist` build: one that can also compile the standard library, if this machine can have one.
pub fn for_small_page(layout: &Layout, steps: &mut Steps) -> Outcome<PageToolchain> {
    let toolchain = for_page(layout, steps)?;
    steps.run("find the source of the standard library", || {
        if toolchain.has_std_source() {
            return Ok(toolchain);
        }
        let rustup = on_path("rustup").is_some();
        if rustup {
            match run(Command::new("rustup").args(["component", "add", "rust-src"])) {
                Ok(()) if toolchain.has_std_source() => return Ok(toolchain),
                Ok(()) => println!("    rustup has it, but not for the compiler of the page"),
                Err(stop) => println!("    {stop}"),
            }
        }
        if machine::debian_release() == Some(12) {
            let web = install_web(layout, rustup)?;
            if web.has_std_source() {
                return Ok(web);
            }
        }
        println!("    it is not here: the page gets a tenth larger. `rustup component add rust-src` installs it");
        Ok(toolchain)
    })
}

fn install_web(layout: &Layout, rustup: bool) -> Outcome<PageToolchain> {
    let complete =
        ["/usr/bin/rustc", "/usr/bin/cargo", "/usr/bin/wasm-ld-22", "/usr/bin/cargo-clippy", "/usr/bin/rustfmt"]
            .iter()
            .all(|path| Path::new(path).exists())
            && Path::new("/usr/lib/rustlib/src").exists();
    if !complete {
        machine::install("building the page", &WEB_PACKAGES, "rustup target add wasm32-unknown-unknown")?;
    }
    let toolchain = if rustup {
        run(Command::new("rustup").args(["toolchain", "link", "web", "/usr"]))?;
        PageToolchain::LinkedWeb
    } else {
        PageToolchain::DebianWeb
    };
    if !toolchain.works(layout) {
        let sysroot = toolchain.sysroot().ok_or_else(|| Stop("Debian's rustc fails".into()))?;
        let home = sysroot.join("lib/rustlib").join(WASM).join("lib");
        install_std(&build_std(layout)?, &home)?;
    }
    if toolchain.works(layout) {
        Ok(toolchain)
    } else {
        Err(Stop(format!(
            "Debian's toolchain is installed, but a trial build for {WASM} fails: `rustup run web rustc --target {WASM} ..` says why"
        )))
    }
}

/// Compiles the standard library for the browser and returns the folder that contains it. Takes about a minute.
///
/// Debian packages only its source. Cargo compiles it along with any crate, so an empty crate is built.
fn build_std(layout: &Layout) -> Outcome<PathBuf> {
    let empty = layout.scratch().join("wasm-std");
    fs::create_dir_all(empty.join("src"))?;
    // The empty [workspace] keeps cargo from treating it as a member of our workspace.
    fs::write(
        empty.join("Cargo.toml"),
        "[package]\nname = \"nothing\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    fs::write(empty.join("src/lib.rs"), "#![no_std]\n")?;
    let target = empty.join("target");
    if target.exists() {
        fs::remove_dir_all(&target).attempting("cannot clear an older standard library")?;
    }
    let mut command = Command::new("/usr/bin/cargo");
    command
        .args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", WASM, "--target-dir"])
        .arg(&target)
        .current_dir(&empty)
        .env("RUSTC", "/usr/bin/rustc")
        // build-std is unstable; this enables it on the packaged stable compiler.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "")
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("LD_LIBRARY_PATH");
    run(&mut command)?;
    Ok(target.join(WASM).join("release/deps"))
}

fn install_std(built: &Path, home: &Path) -> Outcome {
    let libraries: Vec<_> = fs::read_dir(built)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".rlib") && !name.starts_with("libnothing")
        })
        .collect();
    if libraries.is_empty() {
        return Err(Stop(format!("the standard library was built, but {} holds nothing", built.display())));
    }
    if !machine::is_root() {
        return Err(Stop(format!(
            "the standard library for the browser is built. Run this to put it in its place, then try again:\n\n    \
             sudo sh -c 'mkdir -p {home} && rm -f {home}/*.rlib && cp {built}/*.rlib {home}/ && rm -f {home}/libnothing*'\n",
            home = home.display(),
            built = built.display()
        )));
    }
    fs::create_dir_all(home).attempting(home.display())?;
    // rustc refuses to choose between two builds of one library, so old ones are removed.
    for old in fs::read_dir(home)?.filter_map(Result::ok).map(|entry| entry.path()) {
        if old.extension().is_some_and(|ending| ending == "rlib") {
            fs::remove_file(&old).attempting(old.display())?;
        }
    }
    for library in &libraries {
        if let Some(name) = library.file_name() {
            fs::copy(library, home.join(name)).attempting(library.display())?;
        }
    }
    println!("    {} libraries copied to {}", libraries.len(), home.display());
    Ok(())
}

/// rustfmt and clippy for the active toolchain.
pub fn ensure_linters(layout: &Layout, steps: &mut Steps) -> Outcome {
    steps.run("find rustfmt and clippy", || {
        let present = |part: &str| {
            cargo(layout)
                .args([part, "--version"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        };
        if present("fmt") && present("clippy") {
            return Ok(());
        }
        if on_path("rustup").is_some() {
            return run(Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]));
        }
        machine::install("linting", &WEB_LINTERS, "rustup component add rustfmt clippy")?;
        if present("fmt") && present("clippy") {
            return Ok(());
        }
        Err(Stop(format!(
            "{} are installed, but this cargo has still no `fmt` and `clippy`: is it another one than /usr/bin/cargo?",
            WEB_LINTERS.join(" and ")
        )))
    })
}
