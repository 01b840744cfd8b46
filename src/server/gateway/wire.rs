//! Meta's shapes, both ways. They are known here and in `webhook/read*.rs` and nowhere else: everyone else talks in
//! `domain` values.
//!
//! Reading never fails on a detail: a key that is absent, null or of an unexpected type is simply not there (see
//! [`lenient`]); what must be there is decided by the reader, item by item. Keys we have no use for are not declared.
//! To read one more key, add its field; to send one more kind of message, add a variant to [`request::Body`]
//! or, if it can be tapped, to [`interactive_request::Interactive`].

pub mod answer;
pub mod envelope;
pub mod event;
pub mod interactive;
pub mod interactive_request;
pub mod lenient;
pub mod message;
pub mod request;
