//! `cargo xtask`: every command of this project, with the standard library alone, so that it compiles in seconds. This
//! file parses the command line and orders the steps; each step has its own file.
//!
//! A new command is one line in [`COMMANDS`] and one arm in [`execute`].
mod background;
mod browser;
mod dist;
mod features;
mod layout;
mod lint;
mod machine;
mod model;
mod page;
mod postgres;
mod python;
mod server;
mod shrink;
mod step;
mod toolchain;

use browser::{Goals, Window};
use layout::Layout;
use page::Build;
use server::Product;
use std::{env, ffi::OsString, path::PathBuf, process::ExitCode};
use step::{Outcome, Steps, Stop, Tally, run, run_counting};
use toolchain::cargo;

const COMMANDS: &str = "\
usage: cargo xtask <command> [arguments]

  run     install what is missing, build, and start the demo       (arguments go to `handoff demo`)
  test    install what is missing, and run every test              (arguments go to `cargo test`)
  watch   like run, and build and restart whenever a file changes
  lint    rustfmt, clippy for server and page, rustdoc, dependencies
  bench   the benchmarks, optimised                                (arguments go to `cargo bench`)
  bench-page   how fast the page of `dist` is in Chromium, slowed down; with --dev the development build, not judged
  dist    the optimised server and its compressed site, in target/dist

  page         only the page, for development
  test-server  only the tests that need no browser                 (arguments go to `cargo test`)
  test-browser only the tests in Chromium                          (arguments go to Playwright)
  test-dist    the finished product of `dist` in Chromium          (arguments go to Playwright)
  test-model   the wire against a real language model on this machine; no other test command runs it
";

/// The Python with the clients and the server of `end2end/peers/requirements.txt`, for the tests.
const PYTHON: &str = "HANDOFF_TEST_PYTHON";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let args: Vec<String> = args.collect();
    let layout = Layout::of_this_checkout();
    match execute(&layout, &command, &args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            eprintln!("xtask: {stop}");
            ExitCode::FAILURE
        }
    }
}

fn execute(layout: &Layout, command: &str, args: &[String]) -> Outcome {
    let mut steps = Steps::begin();
    let mut tally = Tally::default();
    machine::ensure_make()?;
    let outcome = match command {
        "run" => return server::run_demo(layout, &mut steps, args),
        "watch" => return server::watch(layout, &mut steps, args),
        "test" => test_all(layout, &mut steps, &mut tally, args),
        "test-server" => test_server(layout, &mut steps, &mut tally, args),
        "test-model" => test_model(layout, &mut steps, &mut tally),
        "test-browser" => test_browser(layout, &mut steps, &mut tally, args),
        "test-dist" => dist::all(layout, &mut steps)
            .and_then(|()| in_chromium(layout, &Product::finished(layout), &mut steps, &mut tally, args)),
        "lint" => lint::all(layout, &mut steps),
        "bench" => {
            // With its name: without one, cargo also compiles library and program as test harnesses, which contain no
            // benchmarks.
            let bench = ["bench", "--features", "ssr", "--bench", "desk"];
            steps.run("benchmarks", || run(cargo(layout).args(bench).args(args)))
        }
        "bench-page" => bench_page(layout, &mut steps, args),
        "dist" => dist::all(layout, &mut steps),
        "page" => page::build(layout, &mut steps, Build::Dev, &layout.site()).map(drop),
        "" | "help" | "--help" | "-h" => {
            print!("{COMMANDS}");
            return Ok(());
        }
        other => return Err(Stop(format!("there is no command `{other}`\n\n{COMMANDS}"))),
    };
    println!("==> {command}: {}\n{}", if outcome.is_ok() { "done" } else { "FAILED" }, steps.summary());
    if tally != Tally::default() {
        let Tally { passed, failed, skipped, flaky } = tally;
        println!("{passed} passed, {failed} failed, {skipped} skipped, {flaky} passed only when repeated");
    }
    outcome
}

/// Every test. The page is compiled next to the server's tests, which leave the processor idle while databases write.
fn test_all(layout: &Layout, steps: &mut Steps, tally: &mut Tally, args: &[String]) -> Outcome {
    page::build_beside(layout, steps, Build::Test, &layout.tested_site(), |steps| {
        test_server(layout, steps, tally, args)?;
        steps.run("compile the server", || server::build(layout))
    })?;
    steps.run("tests of the bundler", || run_counting(&mut page::test_bundler(layout), tally))?;
    in_chromium(layout, &Product::tested(layout), steps, tally, &[])
}

/// Unit and integration tests on both database engines, and the tests of the build tool itself.
fn test_server(layout: &Layout, steps: &mut Steps, tally: &mut Tally, args: &[String]) -> Outcome {
    let mut test = |steps: &mut Steps, title: &str, command: &mut std::process::Command| {
        steps.run(title, || run_counting(command, tally))
    };
    test(steps, "tests of the build tool", cargo(layout).args(["test", "--package", "xtask"]))?;
    steps.run("compile the server's tests", || run(cargo(layout).args(["test", "--features", "ssr", "--no-run"])))?;
    if toolchain::builds_are_linted() {
        // What no other build of the tests compiles.
        let rest = ["build", "--features", "ssr", "--bench", "desk", "--test", "local_model"];
        steps.run("lint benchmarks and the language model's test", || run(cargo(layout).args(rest)))?;
    }
    // The language model client is tested against a server from npm, the simulator with a client from there.
    steps.run("find Node", browser::ensure_node)?;
    steps.run("install test servers", || browser::ensure_packages(layout))?;
    // The simulator is tested with clients from PyPI, and files in a bucket with a server from there.
    let python = steps.run("install test clients", || {
        let wanted = [OsString::from("--requirement"), layout.end2end().join("peers/requirements.txt").into()];
        python::ensure(layout, "peers", &wanted, "the tests of the simulator")
    })?;
    // Voice messages are decoded by a program from Debian.
    steps.run("find opus-tools", machine::ensure_opus_tools)?;
    // Held until the tests are finished, and stopped whether they pass or not.
    let (url, _server) = steps.run("start PostgreSQL", || postgres::start(layout))?;
    let mut command = cargo(layout);
    command
        .args(["test", "--features", "ssr"])
        .args(args)
        .env(postgres::VARIABLE, url)
        .env(PYTHON, python.join("python"));
    if let Some(folder) = machine::folder_in_memory() {
        command.env("TMPDIR", folder);
    }
    Product::in_development(layout).environment(&mut command);
    // If this variable were set while Leptos compiles, the page's addresses would change (see `page::NAME`).
    command.env_remove("LEPTOS_OUTPUT_NAME");
    test(steps, "tests of domain and server, on SQLite and PostgreSQL", &mut command)
}

/// A real language model, small enough for this machine.
fn test_model(layout: &Layout, steps: &mut Steps, tally: &mut Tally) -> Outcome {
    steps.run("find Node", browser::ensure_node)?;
    steps.run("install the language model", || model::ensure(layout))?;
    let mut command = cargo(layout);
    command.args(["test", "--features", "ssr", "--test", "local_model", "--", "--nocapture"]);
    model::environment(&mut command, layout);
    command.env_remove("LEPTOS_OUTPUT_NAME");
    steps.run("ask the language model", || run_counting(&mut command, tally))
}

/// Tests the development build of the server in Chromium.
fn test_browser(layout: &Layout, steps: &mut Steps, tally: &mut Tally, args: &[String]) -> Outcome {
    page::build_beside(layout, steps, Build::Test, &layout.tested_site(), |steps| {
        steps.run("compile the server", || server::build(layout))
    })?;
    steps.run("tests of the bundler", || run_counting(&mut page::test_bundler(layout), tally))?;
    in_chromium(layout, &Product::tested(layout), steps, tally, args)
}

fn in_chromium(layout: &Layout, product: &Product, steps: &mut Steps, tally: &mut Tally, args: &[String]) -> Outcome {
    if !browser::has_tests(&layout.end2end()) {
        println!("==> end2end holds no *.spec.ts yet: nothing to run in Chromium");
        return Ok(());
    }
    let chromium = install_playwright(layout, steps, Window::Never)?;
    steps.run("tests in Chromium", || browser::test(layout, product, &chromium, args, tally))
}

/// The page's timings: of the finished product, or of the development build. Other arguments go to Playwright.
fn bench_page(layout: &Layout, steps: &mut Steps, args: &[String]) -> Outcome {
    let (dev, args): (Vec<String>, Vec<String>) = args.iter().cloned().partition(|arg| arg == "--dev");
    let (product, goals) = if dev.is_empty() {
        dist::all(layout, steps)?;
        (Product::finished(layout), Goals::Judged)
    } else {
        server::build_with_page(layout, steps)?;
        (Product::in_development(layout), Goals::Printed)
    };
    let chromium = install_playwright(layout, steps, Window::Possible)?;
    steps.run("timings in Chromium", || browser::time(layout, &product, &chromium, &args, goals))
}

/// What Playwright needs. Returns the browser.
fn install_playwright(layout: &Layout, steps: &mut Steps, window: Window) -> Outcome<PathBuf> {
    steps.run("find Node", browser::ensure_node)?;
    let chromium = steps.run("find Chromium", || browser::ensure_browser(window))?;
    steps.run("install Playwright", || browser::ensure_packages(layout))?;
    Ok(chromium)
}
