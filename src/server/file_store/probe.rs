//! Tries a bucket before the server serves: writes, reads and removes a small file. What is wrong is then said to the operator
//! who starts it, and not days later to an agent.

use std::error::Error;

use object_store::{ObjectStoreExt, path::Path};

use super::{ARRIVING, FileStore, FileStoreUnusable, PROBE, Place, S3Settings};

const CONTENT: &[u8] = b"Handoff tries whether it can keep files here.";

/// What a key must allow.
const PERMISSIONS: &str = "s3:PutObject, s3:GetObject, s3:DeleteObject and s3:AbortMultipartUpload on the files, s3:ListBucket \
                           and s3:ListBucketMultipartUploads on the bucket";

impl FileStore {
    /// Tries whether files can be kept. A folder was tried when it was opened. `name` is of this process alone.
    ///
    /// # Errors
    /// A sentence that names the setting to correct.
    pub async fn probe(&self, name: &str) -> Result<(), FileStoreUnusable> {
        let Place::Bucket(bucket) = &self.place else { return Ok(()) };
        // Where leftovers are removed, if the process ends here.
        let path = Path::from_iter([PROBE, ARRIVING, name]);
        let failed = |act, error: object_store::Error| FileStoreUnusable(words(&bucket.settings, act, &error));
        self.objects.put(&path, CONTENT.into()).await.map_err(|error| failed("write", error))?;
        let read = async { self.read(&path, None).await?.bytes().await };
        let read = read.await.map_err(|error| failed("read", error));
        self.objects.delete(&path).await.map_err(|error| failed("remove", error))?;
        if read? == CONTENT {
            Ok(())
        } else {
            let at = &bucket.settings.endpoint;
            Err(FileStoreUnusable(format!("{at} returned something else than what was stored: is it an S3 service?")))
        }
    }
}

/// What is wrong, and what to do.
fn words(settings: &S3Settings, act: &str, error: &object_store::Error) -> String {
    let S3Settings { endpoint, bucket, region, .. } = settings;
    let said = error.to_string();
    match (code(&said), error) {
        (Some("NoSuchBucket"), _) => format!(
            "the bucket “{bucket}” doesn't exist at {endpoint}: create it, or correct HANDOFF_S3_BUCKET, HANDOFF_S3_ENDPOINT \
             or HANDOFF_S3_REGION"
        ),
        (Some("InvalidAccessKeyId"), _) => {
            format!("{endpoint} doesn't know the key of HANDOFF_S3_KEY_ID: correct it, or create a new key there")
        }
        (Some("SignatureDoesNotMatch"), _) => format!(
            "{endpoint} doesn't accept the signature: HANDOFF_S3_SECRET_KEY isn't the secret of the key of HANDOFF_S3_KEY_ID"
        ),
        (Some("RequestTimeTooSkewed"), _) => {
            format!("{endpoint} doesn't accept the time of this machine: correct its clock")
        }
        (Some("AuthorizationHeaderMalformed" | "PermanentRedirect" | "TemporaryRedirect"), _) => format!(
            "the bucket “{bucket}” isn't in the region “{region}” at {endpoint}: correct HANDOFF_S3_REGION or \
             HANDOFF_S3_ENDPOINT"
        ),
        (code, object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }) => format!(
            "the key of HANDOFF_S3_KEY_ID may not {act} files in the bucket “{bucket}” at {endpoint} ({}): it needs \
             {PERMISSIONS}",
            code.unwrap_or("access denied")
        ),
        (Some(code), _) => {
            format!(
                "couldn't {act} a file in the bucket “{bucket}”: {endpoint} answered {code}. Check the HANDOFF_S3 settings"
            )
        }
        (None, _) => format!(
            "couldn't {act} a file in the bucket “{bucket}” at {endpoint} ({}): check HANDOFF_S3_ENDPOINT, and whether the \
             service runs",
            cause(error)
        ),
    }
}

/// The code of a service's answer, from the error's text: the library has no other way to it. Only what looks like a code is
/// taken, because a stranger's answer may hold anything.
fn code(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    (!code.is_empty() && code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(code)
}

/// The innermost reason, in one line.
fn cause(error: &object_store::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string().lines().next().unwrap_or_default().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_from_an_answer_and_nothing_else() {
        assert_eq!(code("403: <Error><Code>AccessDenied</Code><Message>no"), Some("AccessDenied"));
        for said in ["", "<Code></Code>", "<Code>a\nb</Code>", "<Code>unended", "<Code><b>x</b></Code>"] {
            assert_eq!(code(said), None, "{said}");
        }
    }
}
