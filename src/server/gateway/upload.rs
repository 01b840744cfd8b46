//! Uploads a file to Meta, which returns an id for it. Messages name that id for 30 days.

use bytes::Bytes;
use futures::Stream;
use reqwest::{
    Body,
    multipart::{Form, Part},
};

use super::{
    Credentials, Gateway,
    call::{self, CallFailure},
    send::{SendError, answered},
};

/// A file to upload.
#[derive(Clone, Copy, Debug)]
pub struct NewRemoteFile<'a> {
    /// One of the types in Meta's reference.
    pub mime: &'a str,
    /// In bytes.
    pub size: u64,
}

impl Gateway {
    /// Uploads a file, as it is read, and returns Meta's id of it. Nothing reaches a customer by it, so a lost response
    /// may be repeated.
    ///
    /// # Errors
    /// As [`Gateway::send`]; Meta refuses types and sizes with 100 and 131053.
    pub async fn upload<E>(
        &self,
        credentials: &Credentials,
        file: NewRemoteFile<'_>,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Result<String, SendError>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let url = call::address(&self.base, &[&credentials.phone_number_id, "media"], credentials)?;
        // The name is ours: the customer sees that of the message.
        let part = Part::stream_with_length(Body::wrap_stream(bytes), file.size).file_name("file");
        let part = part.mime_str(file.mime).map_err(|error| CallFailure::NotSent(error.to_string()))?;
        let form =
            Form::new().text("messaging_product", "whatsapp").text("type", file.mime.to_owned()).part("file", part);
        let request = self.client.post(url).bearer_auth(credentials.token.expose()).timeout(self.download);
        let answer = answered(call::make(request.multipart(form)).await?)?;
        answer.id.ok_or_else(|| SendError::Ambiguous("uploaded without a file ID".to_owned()))
    }
}
