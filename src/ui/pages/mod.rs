//! Pages of one file each. Larger ones have a folder of their own, such as `conversations/` and `admin/`.

mod form_error;
pub mod link;
pub mod not_found;
pub mod second_factor;
pub mod sign_in;
pub mod sign_in_code;
