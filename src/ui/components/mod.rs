//! What several pages share and `kit` does not hold: icons, avatars, and the frame around every page.

pub mod avatar;
pub mod file_count;
pub mod icon;
pub mod rail_entries;
pub mod shell;
