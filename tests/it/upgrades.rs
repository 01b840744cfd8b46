//! Databases created by other versions.

mod older;
