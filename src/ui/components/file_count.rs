//! How many files go with something.

use leptos::prelude::*;

use super::icon::Icon;
use crate::domain::{number::counted, upload::WaitingFile};

/// A paper clip with the number of files, whose names a pointer shows. Nothing without files.
#[component]
pub fn FileCount(files: Vec<WaitingFile>) -> impl IntoView {
    let count = files.len();
    (count > 0).then(|| {
        let names = files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join("\n");
        view! {
            <span class="tag n" title=names>
                <Icon name="clip" class="xs"/>
                <span aria-hidden="true">{count}</span>
                <span class="visually-hidden">{counted(count, "file")}</span>
            </span>
        }
    })
}
