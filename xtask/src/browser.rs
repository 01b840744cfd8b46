//! The browser tests and the page's timings: installs Node, Playwright's packages and a Chromium of the system, then
//! runs what is in `end2end/`.
//!
//! The tests are in `end2end/*.spec.ts`, the timings in `end2end/timings/`; `end2end/playwright.config.ts` configures
//! the browser.
use crate::{
    layout::Layout,
    machine,
    server::Product,
    step::{Outcome, Stop, Tally, ask, on_path, run, run_counting},
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Paths where systems install Chromium or Chrome, best first. The environment variable takes precedence.
const BROWSERS: [&str; 6] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const BROWSER_VARIABLE: &str = "HANDOFF_CHROMIUM";
/// Chromium without its window.
const HEADLESS_SHELL: &str = "/usr/bin/chromium-headless-shell";
const HEADLESS_SHELL_PACKAGE: &str = "chromium-headless-shell";
const EMOJI_PACKAGE: &str = "fonts-noto-color-emoji";

/// Node with npm, at least version 18.
pub fn ensure_node() -> Outcome {
    let major = || ask("node", &["--version"])?.trim_start_matches('v').split('.').next()?.parse::<u32>().ok();
    if major().is_none() || on_path("npm").is_none() {
        machine::install("the browser tests", &["nodejs", "npm"], "brew install node")?;
    }
    match major() {
        Some(18..) => Ok(()),
        Some(old) => Err(Stop(format!("Node {old} is too old: install version 18 or newer"))),
        None => Err(Stop("Node is installed, but `node --version` fails".into())),
    }
}

/// Whether the browser must be able to open a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The browser that people use.
    Possible,
    /// Chromium without its window also serves, where the system packages it. Tests take a sixth less time in it.
    Never,
}

/// A Chromium, installed if there is none.
pub fn ensure_browser(window: Window) -> Outcome<PathBuf> {
    if let Some(chosen) = env::var_os(BROWSER_VARIABLE) {
        return Ok(PathBuf::from(chosen));
    }
    let (shell, packages): (&[&str], [&str; 2]) = match window {
        Window::Possible => (&[], ["chromium", EMOJI_PACKAGE]),
        Window::Never => (&[HEADLESS_SHELL], [HEADLESS_SHELL_PACKAGE, EMOJI_PACKAGE]),
    };
    let installed = || shell.iter().chain(&BROWSERS).map(PathBuf::from).find(|path| path.exists());
    // Without an emoji font every emoji is an empty box, also in screenshots.
    let emoji = Path::new("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf").exists();
    if installed().is_none() || (machine::is_debian() && machine::is_root() && !emoji) {
        let elsewhere = format!("brew install --cask google-chrome   (or set {BROWSER_VARIABLE} to a Chromium)");
        let found = machine::install("the browser tests", &packages, &elsewhere);
        match (found, window) {
            // Not every derivative of Debian has the package.
            (Err(_), Window::Never) if machine::is_debian() && machine::is_root() => {
                return ensure_browser(Window::Possible);
            }
            (found, _) => found?,
        }
    }
    installed().ok_or_else(|| Stop(format!("no Chromium found: set {BROWSER_VARIABLE} to one")))
}

/// Playwright, its companions and the servers and clients of `end2end/peers`, in the locked versions. Playwright's own
/// browsers are never downloaded.
pub fn ensure_packages(layout: &Layout) -> Outcome {
    let folder = layout.end2end();
    let lock = folder.join("package-lock.json");
    let time = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
    let installed = time(&folder.join("node_modules/.package-lock.json"));
    let wanted = time(&lock).max(time(&folder.join("package.json")));
    if installed.is_some() && installed >= wanted {
        println!("    up to date");
        return Ok(());
    }
    let way = if lock.exists() { "ci" } else { "install" };
    run(Command::new("npm")
        .args([way, "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder))
}

/// How many files of tests run at a time, each against a demo of its own. They wait for the clock as often as they
/// compute, so that the smallest machine that runs them, with two cores, carries two.
const WORKERS: usize = 2;

/// Runs the tests against demos on free ports that begin with the same data.
pub fn test(layout: &Layout, product: &Product, browser: &Path, args: &[String], tally: &mut Tally) -> Outcome {
    let mut command = playwright(layout, product, browser, WORKERS)?;
    run_counting(command.args(args), tally)
}

/// What a missed goal of the timings is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goals {
    /// A failure.
    Judged,
    /// Printed. The page of the development build is not optimised.
    Printed,
}

/// Measures how fast the page is, against one demo and with nothing beside it.
pub fn time(layout: &Layout, product: &Product, browser: &Path, args: &[String], goals: Goals) -> Outcome {
    let goals = match goals {
        Goals::Judged => "judged",
        Goals::Printed => "printed",
    };
    let mut command = playwright(layout, product, browser, 1)?;
    run(command.args(["--config", "timings.config.ts"]).args(args).env("HANDOFF_GOALS", goals))
}

/// Playwright with its tests, each worker of which starts a demo on two ports of its own.
fn playwright(layout: &Layout, product: &Product, browser: &Path, workers: usize) -> Outcome<Command> {
    let ports = (0..2 * workers).map(|_| Ok(machine::free_port()?.to_string())).collect::<Outcome<Vec<_>>>()?;
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test"])
        .current_dir(layout.end2end())
        .env(BROWSER_VARIABLE, browser)
        .env("HANDOFF_PROGRAM", &product.program)
        .env("HANDOFF_TEST_PORTS", ports.join(","))
        .env("HANDOFF_TEST_DATA", layout.scratch().join("end2end"))
        .env("MODEL_PORT", machine::free_port()?.to_string());
    product.environment(&mut command);
    Ok(command)
}

/// Whether there is any browser test.
pub fn has_tests(folder: &Path) -> bool {
    fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).any(|entry| {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() { name != "node_modules" && has_tests(&path) } else { name.ends_with(".spec.ts") }
    })
}
