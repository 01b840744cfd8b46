//! What the operator says about a bucket. `config` reads and checks it.

use url::Url;

use crate::server::secret::Secret;

/// A bucket of an S3-compatible service, and how to reach it.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// The address of the service.
    pub endpoint: Url,
    pub bucket: String,
    pub region: String,
    pub key_id: String,
    pub secret_key: Secret,
    pub addressing: Addressing,
    /// What stands before the path of every file, without slashes at its ends. Empty for nothing.
    pub prefix: String,
}

/// Where an address names the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// `https://service/bucket/file`
    Path,
    /// `https://bucket.service/file`
    Host,
}

impl S3Settings {
    /// The address of the service, without a slash at its end.
    pub(super) fn service(&self) -> &str {
        self.endpoint.as_str().trim_end_matches('/')
    }

    /// The address of the bucket, without a slash at its end.
    pub(super) fn bucket_address(&self) -> String {
        match self.addressing {
            Addressing::Path => format!("{}/{}", self.service(), self.bucket),
            Addressing::Host => self.service().replacen("://", &format!("://{}.", self.bucket), 1),
        }
    }

    /// The operator named an address without TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.endpoint.scheme() == "http"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_bucket_in_its_path_or_its_host() {
        let address = |endpoint: &str, addressing| {
            let settings = S3Settings {
                endpoint: Url::parse(endpoint).expect("an address"),
                bucket: "files".to_owned(),
                region: "eu-central-1".to_owned(),
                key_id: "AKIA".to_owned(),
                secret_key: Secret::new("very-secret"),
                addressing,
                prefix: String::new(),
            };
            assert!(!format!("{settings:?}").contains("very-secret"));
            settings.bucket_address()
        };
        assert_eq!(address("http://127.0.0.1:9000", Addressing::Path), "http://127.0.0.1:9000/files");
        assert_eq!(address("https://s3.example.com/store/", Addressing::Path), "https://s3.example.com/store/files");
        assert_eq!(address("https://s3.example.com:8443", Addressing::Host), "https://files.s3.example.com:8443");
    }
}
