//! Meta's wire types, in both directions. Only the gateway and `webhook/read*.rs` use them; all other modules use
//! `domain` values.
//!
//! Deserialisation never fails on a detail: a key that is absent, null or of an unexpected type is treated as absent
//! (see [`lenient`]). Which keys are required is decided by the parser, item by item. Unused keys are not declared. To
//! read one more key, add its field. To send one more kind of message, add a variant to [`request::Body`] or, if
//! customers can tap it, to [`interactive_request::InteractiveRequest`].

pub mod answer;
pub mod card_request;
pub mod envelope;
pub mod event;
pub mod interactive;
pub mod interactive_request;
pub mod lenient;
pub mod message;
pub mod request;
pub mod template_list;
pub mod template_request;
