//! The acts of the palette. Each component offers what its own buttons and keys do, for as long as it is shown, so that
//! choosing an act is the same as pressing its button.

use std::sync::Arc;

use leptos::prelude::*;

use super::Palette;

/// Who notices an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impact {
    /// The viewer alone: it opens something.
    Opens,
    /// Customers or colleagues. Typing and Enter alone do not choose it (`options.rs`).
    Noticed,
}

/// Where an act belongs. Those of the open conversation are listed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActScope {
    Conversation,
    Desk,
    Viewer,
}

/// Something that the viewer can do now.
#[derive(Clone)]
pub struct PaletteAct {
    /// Distinguishes it from all others. Two with the same key do the same.
    pub key: String,
    pub icon: &'static str,
    pub label: &'static str,
    /// Further words that find it.
    pub also: &'static str,
    /// The customer whom it concerns.
    pub about: Option<String>,
    /// The letter of its chord.
    pub chord: Option<char>,
    pub impact: Impact,
    run: Arc<dyn Fn() + Send + Sync>,
}

/// The closure is left out: see [`PaletteAct::key`].
impl PartialEq for PaletteAct {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
            && self.label == other.label
            && self.about == other.about
            && self.chord == other.chord
            && self.impact == other.impact
    }
}

impl PaletteAct {
    pub fn new(
        key: impl Into<String>,
        icon: &'static str,
        label: &'static str,
        impact: Impact,
        run: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { key: key.into(), icon, label, also: "", about: None, chord: None, impact, run: Arc::new(run) }
    }

    pub fn also(self, words: &'static str) -> Self {
        Self { also: words, ..self }
    }

    pub fn about(self, customer: impl Into<String>) -> Self {
        Self { about: Some(customer.into()), ..self }
    }

    pub fn with_chord(self, letter: char) -> Self {
        Self { chord: Some(letter), ..self }
    }

    /// Does it. Call it while no dialog is open, because it may move the focus.
    pub fn run(&self) {
        (self.run)();
    }
}

/// Returns what can be done now. Tracks.
type ActSource = Arc<dyn Fn() -> Vec<PaletteAct> + Send + Sync>;

/// What the components of the page offer, and the key of the next one.
#[derive(Clone, Default)]
pub struct ActSources {
    next: u64,
    all: Vec<(u64, ActScope, ActSource)>,
}

impl Palette {
    /// Lists what `acts` returns, until the current owner is cleaned up. `acts` tracks what it depends on.
    pub fn offer(self, scope: ActScope, acts: impl Fn() -> Vec<PaletteAct> + Send + Sync + 'static) {
        let mut key = 0;
        self.sources.update(|sources| {
            key = sources.next;
            sources.next += 1;
            sources.all.push((key, scope, Arc::new(acts)));
        });
        on_cleanup(move || {
            // The layout may be gone, and its signals with it.
            let _left = self.sources.try_update(|sources| sources.all.retain(|(other, ..)| *other != key));
        });
    }

    /// What the viewer can do now. Tracks.
    pub fn acts(self) -> Vec<PaletteAct> {
        let mut sources = self.sources.with(|sources| sources.all.clone());
        sources.sort_by_key(|(_, scope, _)| *scope);
        sources.iter().flat_map(|(.., source)| source()).collect()
    }
}
