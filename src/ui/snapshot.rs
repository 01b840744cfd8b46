//! A page's initial data, read on the server and sent with the document.
//!
//! A `Resource` whose JSON is parsed from bytes, like the responses of server functions and the frames of the stream.
//! With Leptos's own codec, which parses text, the page would contain the parser of each type twice.

use leptos::{
    prelude::Resource,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::contract::{Result, desk::Calls};

pub type Snapshot<T> = Resource<T, Json>;

/// The layout's snapshot. A page whose snapshot changes live awaits it before reading its own, so that the stream,
/// which starts where this one ends, misses nothing that the page has not read.
#[derive(Clone, Copy)]
pub struct LayoutSnapshot(pub Snapshot<Result<Calls>>);

/// JSON, read from bytes.
#[derive(Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> std::result::Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> std::result::Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// Reads again whenever `source` changes. The document waits for the first answer.
pub fn snapshot<S, T, Fut>(
    source: impl Fn() -> S + Send + Sync + 'static,
    read: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> Snapshot<T>
where
    S: Clone + PartialEq + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, read, true)
}
