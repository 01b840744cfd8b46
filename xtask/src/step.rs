//! Runs one step at a time and prints its title and duration. Knows nothing about the project.
//!
//! Another kind of test result (a runner with another summary line) is added to [`Tally::read`].
use std::{
    env,
    ffi::OsStr,
    fmt,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Why the run stopped, as a sentence for the user.
#[derive(Debug)]
pub struct Stop(pub String);

pub type Outcome<T = ()> = Result<T, Stop>;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Adds what was attempted to an error that only says "not found".
pub trait Attempting<T> {
    fn attempting(self, what: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> Attempting<T> for Result<T, E> {
    fn attempting(self, what: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Stop(format!("{what}: {error}")))
    }
}

/// The steps of a command and their durations.
pub struct Steps {
    begun: Instant,
    done: Vec<(String, Duration)>,
}

impl Steps {
    pub fn begin() -> Self {
        Self { begun: now(), done: Vec::new() }
    }

    /// Runs one step. Its duration is printed even if it fails.
    pub fn run<T>(&mut self, title: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        println!("==> {title}");
        let begun = now();
        let outcome = work();
        let took = now() - begun;
        let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("    {verdict}: {title} ({})", seconds(took));
        self.done.push((title.to_owned(), took));
        outcome
    }

    /// A table of all steps with their durations, and the total.
    pub fn summary(&self) -> String {
        let width = self.done.iter().map(|(title, _)| title.chars().count()).max().unwrap_or(0).max(5);
        let mut text = String::new();
        for (title, took) in &self.done {
            text += &format!("  {title:width$}  {:>9}\n", seconds(*took));
        }
        text + &format!("  {:width$}  {:>9}", "total", seconds(now() - self.begun))
    }
}

/// The only clock of the build tool. It only measures; no decision of the product depends on it.
#[expect(
    clippy::disallowed_methods,
    reason = "a build tool reports real durations; the product's clock is an argument"
)]
pub fn now() -> Instant {
    Instant::now()
}

fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

/// Prints a command, runs it on this terminal, and stops unless it succeeds.
pub fn run(command: &mut Command) -> Outcome {
    println!("    $ {}", shown(command));
    let status = command.status().attempting(format_args!("cannot start `{}`", shown(command)))?;
    if status.success() { Ok(()) } else { Err(Stop(format!("`{}` ended with {status}", shown(command)))) }
}

/// The output of a command, or `None` if it cannot be started or fails. For queries, not for work.
pub fn ask(program: impl AsRef<OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The path of a program found on PATH.
pub fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(program)).find(|path| path.is_file())
}

/// The command as a user would type it: without environment variables, and without the folder of the program.
pub fn shown(command: &Command) -> String {
    let program = command.get_program();
    let words = std::iter::once(Path::new(program).file_name().unwrap_or(program)).chain(command.get_args());
    words
        .map(|word| {
            let word = word.to_string_lossy();
            if word.is_empty() || word.contains([' ', '\n', ';', '\'', '"']) {
                format!("{word:?}")
            } else {
                word.into_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The number of tests that a run reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
    /// Passed when they were repeated.
    pub flaky: u64,
}

impl Tally {
    /// Parses one line of output: `test result: ok. 3 passed; 0 failed; ..` of Rust's harness (one per binary), or `3
    /// passed (2.1s)`, one of the last lines of Playwright.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        let rust = line.strip_prefix("test result:");
        for part in rust.unwrap_or(line).split([';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(count), Some(what)) = (words.next().and_then(|n| n.parse::<u64>().ok()), words.next()) else {
                continue;
            };
            // Output of a test may contain such words too; a summary line only has a time after them.
            let closes = rust.is_some() || words.next().is_none_or(|rest| rest.starts_with('('));
            match what {
                "passed" if closes => self.passed += count,
                "failed" if closes => self.failed += count,
                "skipped" | "ignored" if closes => self.skipped += count,
                "flaky" if closes => self.flaky += count,
                _ => {}
            }
        }
    }
}

/// Like [`run`], and counts the tests reported in the output. Output is passed on as it arrives.
pub fn run_counting(command: &mut Command, tally: &mut Tally) -> Outcome {
    println!("    $ {}", shown(command));
    let mut child =
        command.stdout(Stdio::piped()).spawn().attempting(format_args!("cannot start `{}`", shown(command)))?;
    if let Some(stdout) = child.stdout.take() {
        let mut lines = BufReader::new(stdout);
        let mut line = Vec::new();
        // Bytes instead of strings: a test may print invalid UTF-8.
        while lines.read_until(b'\n', &mut line)? > 0 {
            tally.read(&String::from_utf8_lossy(&line));
            std::io::stdout().write_all(&line)?;
            line.clear();
        }
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(Stop(format!("`{}` ended with {status}", shown(command)))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn counts_every_binary_of_a_cargo_test() {
        let seen = tally(&[
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.52s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        ]);
        assert_eq!(seen, Tally { passed: 15, failed: 2, skipped: 1, flaky: 0 });
    }

    #[test]
    fn counts_the_closing_lines_of_playwright() {
        assert_eq!(
            tally(&["  2 failed", "  3 flaky", "  1 skipped", "  8 passed (21.4s)"]),
            Tally { passed: 8, failed: 2, skipped: 1, flaky: 3 }
        );
    }

    #[test]
    fn prose_is_not_counted() {
        assert_eq!(
            tally(&["5 passed away from the queue", "waited 3 failed attempts", "running 7 tests"]),
            Tally::default()
        );
    }

    #[test]
    fn durations_read_naturally() {
        assert_eq!(seconds(Duration::from_millis(8_340)), "8.3 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn commands_are_shown_so_that_they_can_be_typed() {
        assert_eq!(shown(Command::new("sh").args(["-c", "a b", ""])), "sh -c \"a b\" \"\"");
    }
}
