//! The stylesheet of the pages besides the desk, which the desk does not wait for: the documents of those pages name it,
//! and all others add it later, with the extras or with the code of a page. What the composer opens (forms, templates, emoji,
//! the recorder) has its styles there too, and its code adds them.

use super::{browser, conversations::list::DESK};

/// Its address. `xtask/src/page.rs` makes the file.
pub const PAGE_STYLES: &str = "/pkg/pages.css";

/// Whether the document at this path names it: every page but the desk.
pub fn are_needed_at(path: &str) -> bool {
    let is_desk = path.strip_prefix(DESK).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    !is_desk
}

/// Adds it to a document that does not have it. Does nothing on the server.
pub fn add_page_styles() {
    browser::add_styles(PAGE_STYLES);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_desk_is_shown_without_them() {
        for desk in ["/conversations", "/conversations/", "/conversations/cnv_1"] {
            assert!(!are_needed_at(desk), "{desk}");
        }
        for page in ["/", "/sign-in", "/reports", "/admin/team", "/account", "/conversations-of-old"] {
            assert!(are_needed_at(page), "{page}");
        }
    }
}
