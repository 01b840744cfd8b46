//! The bucket of an S3-compatible service that files are kept in, if the operator names one.

use url::{Host, Url};

use super::{ConfigError, Raw};
use crate::server::{
    file_store::{Addressing, S3Settings},
    secret::Secret,
};

/// The region of a service that has none, too: most accept only this one.
const REGION: &str = "us-east-1";

/// The settings; `None` without a bucket.
pub(super) fn settings(raw: &Raw) -> Result<Option<S3Settings>, ConfigError> {
    let Some(bucket) = &raw.s3_bucket else {
        return match named(raw) {
            Some(name) => Err(ConfigError(format!(
                "HANDOFF_S3_BUCKET is missing: set it to the bucket that files are kept in, or remove {name}"
            ))),
            None => Ok(None),
        };
    };
    if !(3..=63).contains(&bucket.len()) || !is_plain(bucket, b"-._") || !bucket.as_bytes()[0].is_ascii_alphanumeric() {
        return Err(ConfigError(format!("HANDOFF_S3_BUCKET must be the name of a bucket, not “{bucket}”")));
    }
    let region = raw.s3_region.as_deref().unwrap_or(REGION);
    if !is_plain(region, b"-_") {
        return Err(ConfigError(format!("HANDOFF_S3_REGION must be a region like eu-central-1, not “{region}”")));
    }
    let endpoint = endpoint(raw.s3_endpoint.as_deref(), region)?;
    let addressing = match raw.s3_path_style.as_deref() {
        Some("true") => Addressing::Path,
        Some("false") => Addressing::Host,
        // A certificate for *.service is none for a.b.service.
        None if raw.s3_endpoint.is_some() || bucket.contains('.') => Addressing::Path,
        None => Addressing::Host,
        Some(other) => return Err(ConfigError(format!("HANDOFF_S3_PATH_STYLE must be true or false, not “{other}”"))),
    };
    if addressing == Addressing::Host && !matches!(endpoint.host(), Some(Host::Domain(_))) {
        return Err(ConfigError(
            "HANDOFF_S3_PATH_STYLE must be true, because HANDOFF_S3_ENDPOINT has an IP address".to_owned(),
        ));
    }
    let prefix = raw.s3_prefix.as_deref().unwrap_or_default().trim_matches('/').to_owned();
    let is_segment = |segment: &str| is_plain(segment, b"-._") && !segment.bytes().all(|byte| byte == b'.');
    if !prefix.is_empty() && !prefix.split('/').all(is_segment) {
        return Err(ConfigError(format!(
            "HANDOFF_S3_PREFIX must be a–z, A–Z, 0–9, “-”, “.” and “_” between slashes, not “{prefix}”"
        )));
    }
    let (Some(key_id), Some(secret_key)) = (&raw.s3_key_id, &raw.s3_secret_key) else {
        let missing = if raw.s3_key_id.is_none() { "HANDOFF_S3_KEY_ID" } else { "HANDOFF_S3_SECRET_KEY" };
        return Err(ConfigError(format!(
            "{missing} is missing: set HANDOFF_S3_KEY_ID and HANDOFF_S3_SECRET_KEY to a key that may use the bucket \
             “{bucket}”"
        )));
    };
    Ok(Some(S3Settings {
        endpoint,
        bucket: bucket.clone(),
        region: region.to_owned(),
        key_id: key_id.clone(),
        secret_key: Secret::new(secret_key.clone()),
        addressing,
        prefix,
    }))
}

/// The address of the service: Amazon's, always with TLS, or the one that the operator names.
fn endpoint(named: Option<&str>, region: &str) -> Result<Url, ConfigError> {
    let amazon = format!("https://s3.{region}.amazonaws.com");
    let value = named.unwrap_or(&amazon);
    let is_usable = |url: &Url| {
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && !has_credentials
            && url.query().is_none()
            && url.fragment().is_none()
    };
    // The value may contain a password, so it is not repeated.
    Url::parse(value).ok().filter(is_usable).ok_or_else(|| {
        ConfigError(
            "HANDOFF_S3_ENDPOINT must be the address of the service alone, like https://s3.example.com or \
             http://127.0.0.1:9000"
                .to_owned(),
        )
    })
}

/// A setting that has no meaning without a bucket.
fn named(raw: &Raw) -> Option<&'static str> {
    let others = [
        (&raw.s3_endpoint, "HANDOFF_S3_ENDPOINT"),
        (&raw.s3_region, "HANDOFF_S3_REGION"),
        (&raw.s3_key_id, "HANDOFF_S3_KEY_ID"),
        (&raw.s3_secret_key, "HANDOFF_S3_SECRET_KEY"),
        (&raw.s3_path_style, "HANDOFF_S3_PATH_STYLE"),
        (&raw.s3_prefix, "HANDOFF_S3_PREFIX"),
    ];
    others.into_iter().find(|(value, _)| value.is_some()).map(|(_, name)| name)
}

/// Whether a text has something, and only ASCII alphanumerics and these marks.
fn is_plain(text: &str, marks: &[u8]) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(bucket: &str) -> Raw {
        Raw {
            s3_bucket: Some(bucket.to_owned()),
            s3_key_id: Some("AKIA".to_owned()),
            s3_secret_key: Some("very-secret".to_owned()),
            ..Raw::default()
        }
    }

    fn read(raw: &Raw) -> S3Settings {
        settings(raw).expect("valid").expect("a bucket")
    }

    #[test]
    fn a_bucket_needs_its_name_and_a_key() {
        assert!(settings(&Raw::default()).expect("valid").is_none());
        let amazon = read(&raw("acme-files"));
        assert_eq!(
            (amazon.endpoint.as_str(), amazon.addressing),
            ("https://s3.us-east-1.amazonaws.com/", Addressing::Host)
        );
        assert!(!format!("{amazon:?}").contains("very-secret"));
        assert_eq!(read(&raw("files.acme.test")).addressing, Addressing::Path);
        let own = read(&Raw {
            s3_endpoint: Some("http://127.0.0.1:9000".to_owned()),
            s3_region: Some("eu-central-1".to_owned()),
            s3_prefix: Some("/desk/files/".to_owned()),
            ..raw("files")
        });
        assert_eq!(
            (own.addressing, own.prefix.as_str(), own.region.as_str()),
            (Addressing::Path, "desk/files", "eu-central-1")
        );
    }

    #[test]
    fn a_wrong_setting_of_a_bucket_is_named() {
        let some = |text: &str| Some(text.to_owned());
        let wrong = [
            (Raw { s3_endpoint: some("https://s3.test"), ..Raw::default() }, "HANDOFF_S3_BUCKET is missing"),
            (raw("no"), "HANDOFF_S3_BUCKET"),
            (raw("../files"), "HANDOFF_S3_BUCKET"),
            (Raw { s3_key_id: None, ..raw("files") }, "HANDOFF_S3_KEY_ID is missing"),
            (Raw { s3_secret_key: None, ..raw("files") }, "HANDOFF_S3_SECRET_KEY is missing"),
            (Raw { s3_region: some("a/b"), ..raw("files") }, "HANDOFF_S3_REGION"),
            (Raw { s3_endpoint: some("s3.test"), ..raw("files") }, "HANDOFF_S3_ENDPOINT"),
            (Raw { s3_endpoint: some("https://a:very-secret@s3.test"), ..raw("files") }, "HANDOFF_S3_ENDPOINT"),
            (Raw { s3_endpoint: some("https://s3.test?x=1"), ..raw("files") }, "HANDOFF_S3_ENDPOINT"),
            (Raw { s3_path_style: some("yes"), ..raw("files") }, "HANDOFF_S3_PATH_STYLE"),
            (
                Raw { s3_path_style: some("false"), s3_endpoint: some("http://127.0.0.1:9000"), ..raw("files") },
                "HANDOFF_S3_PATH_STYLE must be true",
            ),
            (Raw { s3_prefix: some("a/../b"), ..raw("files") }, "HANDOFF_S3_PREFIX"),
            (Raw { s3_prefix: some("a//b"), ..raw("files") }, "HANDOFF_S3_PREFIX"),
        ];
        for (raw, expected) in wrong {
            let error = settings(&raw).expect_err(expected).to_string();
            assert!(error.contains(expected) && !error.contains('\n') && !error.contains("very-secret"), "{error}");
        }
    }
}
