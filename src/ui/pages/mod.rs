//! Pages of one file each. Larger ones have a folder of their own, such as `conversations/` and `admin/`.

pub mod link;
pub mod not_found;
pub mod sign_in;
