//! The language model: its settings, and a place to try them.

mod form;
mod try_it;
mod typed;

pub use self::{form::ModelForm, try_it::TryModel, typed::TypedModel};
