//! Converts a failed call into `ApiError`, and sets its encoding.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};

use crate::contract::ApiError;

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => unreadable(),
            // On the server it is the request that cannot be parsed, in the browser the response.
            ServerFnErrorErr::Deserialization(_) if !cfg!(target_arch = "wasm32") => unreadable(),
            _ => Self::Internal,
        }
    }
}

fn unreadable() -> ApiError {
    ApiError::Invalid("Couldn't read the request. Reload the page and try again.".to_owned())
}
