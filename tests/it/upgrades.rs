//! Databases that another version left behind.

mod older;
