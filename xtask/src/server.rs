//! Builds, starts and watches the server.
//!
//! Another folder to watch is added in [`part_of`].
use crate::{
    layout::Layout,
    page::{self, Build},
    step::{Attempting, Outcome, Steps, Stop, run},
    toolchain::{PageToolchain, cargo},
};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, SystemTime},
};

pub fn build(layout: &Layout) -> Outcome {
    run(cargo(layout).args(["build", "--features", "ssr", "--bin", page::NAME]))
}

/// Builds the whole product for development.
pub fn build_with_page(layout: &Layout, steps: &mut Steps) -> Outcome<PageToolchain> {
    page::build_beside(layout, steps, Build::Dev, &layout.site(), |steps| {
        steps.run("compile the server", || build(layout))
    })
}

/// The program, and the page that it serves.
pub struct Product {
    pub program: PathBuf,
    site: PathBuf,
}

impl Product {
    /// The development build.
    pub fn in_development(layout: &Layout) -> Self {
        Self { program: layout.target.join("debug").join(program()), site: layout.site() }
    }

    /// The development build of the server with the page of the browser tests.
    pub fn tested(layout: &Layout) -> Self {
        Self { site: layout.tested_site(), ..Self::in_development(layout) }
    }

    /// The output of `dist`.
    pub fn finished(layout: &Layout) -> Self {
        Self { program: layout.dist().join(program()), site: layout.dist().join("site") }
    }

    /// Tells the server where the page is. At run time only: see [`page::NAME`].
    pub fn environment(&self, command: &mut Command) {
        command
            .env("LEPTOS_OUTPUT_NAME", page::NAME)
            .env("LEPTOS_SITE_ROOT", &self.site)
            .env("LEPTOS_SITE_PKG_DIR", "pkg");
    }
}

/// The file name of the program.
pub fn program() -> String {
    format!("{}{}", page::NAME, std::env::consts::EXE_SUFFIX)
}

fn demo(layout: &Layout, args: &[String]) -> Command {
    let product = Product::in_development(layout);
    let mut command = Command::new(&product.program);
    command.arg("demo").args(args).current_dir(&layout.root);
    product.environment(&mut command);
    command
}

/// Builds what is out of date, then replaces this process by the demo.
pub fn run_demo(layout: &Layout, steps: &mut Steps, args: &[String]) -> Outcome {
    build_with_page(layout, steps)?;
    println!("{}\n==> start the demo (Ctrl-C stops it)", steps.summary());
    replace_process(demo(layout, args))
}

/// On Unix, exec replaces this process, so that Ctrl-C and the shell prompt work as if the server had been started
/// directly.
#[cfg(unix)]
fn replace_process(mut command: Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(Stop(format!("cannot start the server: {error}")))
}

#[cfg(not(unix))]
fn replace_process(mut command: Command) -> Outcome {
    run(&mut command)
}

/// What must be rebuilt after a file changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stale {
    server: bool,
    page: bool,
    assets: bool,
}

/// Rebuilds after every saved file and restarts the server. After a failed build the running server continues.
pub fn watch(layout: &Layout, steps: &mut Steps, args: &[String]) -> Outcome {
    let mut seen = snapshot(&layout.root);
    let toolchain = build_with_page(layout, steps)?;
    let mut server = start(demo(layout, args))?;
    println!("==> watching src, style, public, migrations (Ctrl-C stops)");
    loop {
        // The standard library has no file notifications; polling a few hundred files costs well under 1 % of a core.
        thread::sleep(Duration::from_millis(300));
        let now = snapshot(&layout.root);
        let stale = difference(&layout.root, &seen, &now);
        if stale == Stale::default() {
            continue;
        }
        // An editor saves several files in sequence: wait until two snapshots are equal.
        if now != snapshot_after(&layout.root, Duration::from_millis(150)) {
            continue;
        }
        seen = now;
        match rebuild(layout, steps, toolchain, stale) {
            Ok(()) if stale.server => {
                stop(&mut server)?;
                server = start(demo(layout, args))?;
            }
            Ok(()) => {}
            Err(stop) => println!("    {stop}; the server goes on as it was"),
        }
    }
}

fn rebuild(layout: &Layout, steps: &mut Steps, toolchain: PageToolchain, stale: Stale) -> Outcome {
    steps.run("build what changed", || {
        // The two builds use separate folders, and each leaves cores idle while it links.
        thread::scope(|scope| {
            let page = scope.spawn(|| {
                if stale.page {
                    run(&mut page::compile(layout, toolchain, Build::Dev))?;
                    page::bundle(layout, Build::Dev, &layout.site())?;
                }
                Ok(())
            });
            let server = if stale.server { build(layout) } else { Ok(()) };
            let page = page.join().unwrap_or_else(|_| Err(Stop("the page's build broke off".into())));
            server.and(page)
        })?;
        if stale.assets { page::assets(layout, &layout.site()) } else { Ok(()) }
    })
}

fn start(mut command: Command) -> Outcome<Child> {
    command.spawn().attempting(format_args!("cannot start {}", command.get_program().to_string_lossy()))
}

/// Asks the server to stop as an operator would, and kills it after five seconds.
fn stop(server: &mut Child) -> Outcome {
    let asked = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    if asked.is_ok_and(|status| status.success()) {
        let begun = crate::step::now();
        while crate::step::now() - begun < Duration::from_secs(5) {
            if server.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    if server.try_wait()?.is_none() {
        server.kill()?;
        server.wait()?;
    }
    Ok(())
}

type Times = HashMap<PathBuf, SystemTime>;

fn snapshot(root: &Path) -> Times {
    let mut times = Times::new();
    for part in ["domain", "src", "style", "public", "migrations", "Cargo.toml", "Cargo.lock"] {
        collect(&root.join(part), &mut times);
    }
    times
}

fn snapshot_after(root: &Path, pause: Duration) -> Times {
    thread::sleep(pause);
    snapshot(root)
}

/// Files that vanish after they were listed are skipped; the next snapshot does not contain them.
fn collect(path: &Path, times: &mut Times) {
    let Ok(about) = fs::metadata(path) else { return };
    if about.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
        entries.for_each(|entry| collect(&entry.path(), times));
    } else if let Ok(modified) = about.modified() {
        times.insert(path.to_path_buf(), modified);
    }
}

fn difference(root: &Path, old: &Times, new: &Times) -> Stale {
    let changed = new.iter().filter(|(path, time)| old.get(*path) != Some(time)).map(|(path, _)| path);
    let removed = old.keys().filter(|path| !new.contains_key(*path));
    changed.chain(removed).fold(Stale::default(), |stale, path| {
        let part = part_of(path.strip_prefix(root).unwrap_or(path));
        Stale {
            server: stale.server || part.server,
            page: stale.page || part.page,
            assets: stale.assets || part.assets,
        }
    })
}

/// The products that depend on a file, by its path in the checkout.
fn part_of(path: &Path) -> Stale {
    if path.starts_with("src/server") || path == Path::new("src/main.rs") || path.starts_with("migrations") {
        Stale { server: true, ..Stale::default() }
    } else if path.starts_with("style") || path.starts_with("public") {
        Stale { assets: true, ..Stale::default() }
    } else {
        Stale { server: true, page: true, ..Stale::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_file_goes_into_is_made_again() {
        let part = |path: &str| part_of(Path::new(path));
        assert_eq!(part("src/server/conversations/mod.rs"), Stale { server: true, page: false, assets: false });
        assert_eq!(part("src/ui/app.rs"), Stale { server: true, page: true, assets: false });
        assert_eq!(part("style/desk.css"), Stale { server: false, page: false, assets: true });
        assert_eq!(part("Cargo.toml"), Stale { server: true, page: true, assets: false });
    }

    #[test]
    fn new_changed_and_removed_files_are_noticed() {
        let root = Path::new("/checkout");
        let at = |files: &[(&str, u64)]| -> Times {
            files.iter().map(|(file, s)| (root.join(file), SystemTime::UNIX_EPOCH + Duration::from_secs(*s))).collect()
        };
        let old = at(&[("style/a.css", 1), ("src/main.rs", 1)]);
        assert_eq!(difference(root, &old, &old), Stale::default());
        assert!(difference(root, &old, &at(&[("style/a.css", 2), ("src/main.rs", 1)])).assets);
        assert!(difference(root, &old, &at(&[("style/a.css", 1)])).server);
        assert!(difference(root, &old, &at(&[("style/a.css", 1), ("src/main.rs", 1), ("src/ui/x.rs", 1)])).page);
    }
}
