//! Where things stand in the checkout. Only paths live here; nothing is read or written.
//!
//! A new output gets a function here, so that no two steps ever write to one place by accident.
use std::{env, path::PathBuf};

/// The checkout and its build folder.
#[derive(Clone, Debug)]
pub struct Layout {
    pub root: PathBuf,
    pub target: PathBuf,
}

impl Layout {
    /// The checkout that `cargo xtask` was called in. Cargo tells it at run time, so that a moved checkout with a kept
    /// build folder is found where it is now; the compiled-in path serves a binary that was started by hand.
    pub fn of_this_checkout() -> Self {
        let xtask = env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = xtask.parent().map(PathBuf::from).unwrap_or(xtask);
        let target = env::var_os("CARGO_TARGET_DIR").map(|dir| root.join(dir)).unwrap_or_else(|| root.join("target"));
        Self { root, target }
    }

    /// What the development server serves: the page's assets.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The finished product of `dist`.
    pub fn dist(&self) -> PathBuf {
        self.target.join("dist")
    }

    /// Programs from npm and PyPI that no system package offers.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Intermediate files of the steps themselves.
    pub fn scratch(&self) -> PathBuf {
        self.target.join("xtask")
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }
}
