//! Toasts as the state keeps them. `kit/toast.rs` draws them.

/// A short message to the person, kept until dismissed or replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub id: u64,
    pub words: String,
    pub tone: ToastTone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastTone {
    Info,
    Error,
}
