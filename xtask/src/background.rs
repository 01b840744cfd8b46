//! Runs a command in the background with low priority, next to the steps.
use crate::step::{Attempting, Outcome, Stop, on_path, shown};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command},
};

/// The running command. Its output is shown if it fails.
pub struct Background {
    shown: String,
    child: Child,
    output: PathBuf,
}

impl Background {
    pub fn begin(command: &Command, output: &Path) -> Outcome<Self> {
        let shown = shown(command);
        println!("    $ {shown}   (in the background)");
        if let Some(folder) = output.parent() {
            fs::create_dir_all(folder).attempting(folder.display())?;
        }
        let file = File::create(output).attempting(output.display())?;
        let child = at_low_priority(command)
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .attempting(format_args!("cannot start `{shown}`"))?;
        Ok(Self { shown, child, output: output.to_path_buf() })
    }

    pub fn finish(mut self) -> Outcome {
        let status = self.child.wait()?;
        if status.success() {
            return Ok(());
        }
        let said = fs::read_to_string(&self.output).unwrap_or_default();
        Err(Stop(format!("{said}\n`{}` ended with {status}", self.shown)))
    }
}

/// After a failed step nobody waits for the result, so the command is stopped.
impl Drop for Background {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Errors mean that it has just exited.
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

/// The same command under `nice`, if available.
fn at_low_priority(command: &Command) -> Command {
    let Some(nice) = on_path("nice") else { return copied(command, Command::new(command.get_program())) };
    let mut nice = Command::new(nice);
    nice.args(["-n", "19"]).arg(command.get_program());
    copied(command, nice)
}

fn copied(from: &Command, mut to: Command) -> Command {
    to.args(from.get_args());
    for (name, value) in from.get_envs() {
        match value {
            Some(value) => to.env(name, value),
            None => to.env_remove(name),
        };
    }
    if let Some(folder) = from.get_current_dir() {
        to.current_dir(folder);
    }
    to
}
