//! The paths of the checkout. Nothing is read or written here.
//!
//! A new output gets a function here, so that no two steps write to the same path by accident.
use std::{env, path::PathBuf};

/// The checkout and its build folder.
#[derive(Clone, Debug)]
pub struct Layout {
    pub root: PathBuf,
    pub target: PathBuf,
}

impl Layout {
    /// The checkout in which `cargo xtask` was called. Cargo sets it at run time, so that a moved checkout with an old
    /// build folder is found; the compiled-in path is for a binary that is started directly.
    pub fn of_this_checkout() -> Self {
        let xtask = env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = xtask.parent().map(PathBuf::from).unwrap_or(xtask);
        let target = env::var_os("CARGO_TARGET_DIR").map(|dir| root.join(dir)).unwrap_or_else(|| root.join("target"));
        Self { root, target }
    }

    /// The files that the development server serves: the page's assets.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The same files for the browser tests, with modules that are optimised a little.
    pub fn tested_site(&self) -> PathBuf {
        self.target.join("site-tested")
    }

    /// The output of `dist`.
    pub fn dist(&self) -> PathBuf {
        self.target.join("dist")
    }

    /// Programs from npm and PyPI that systems do not package.
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
