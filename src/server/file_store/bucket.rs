//! A bucket of an S3-compatible service, called with our own HTTP client: one reqwest and one TLS in the program, and
//! calls that name us.

use std::{sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    client::{HttpClient, HttpConnector},
    path::Path,
    prefix::PrefixStore,
};
use reqwest::redirect;

use super::{FileStoreUnusable, S3Settings};
use crate::server::http_client;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a response may take to begin, with the time that its request takes to leave (5 MiB at 0.7 Mbit/s), and between two
/// pieces of it.
const SILENCE: Duration = Duration::from_secs(60);
/// How often a call is tried again that certainly or harmlessly can be.
const RETRIES: usize = 3;
/// When no further attempt is begun.
const RETRY_TIME: Duration = Duration::from_secs(30);
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The bucket, its settings, and the client that both kinds of calls use: those of the library, and our own.
pub(super) struct S3Bucket {
    pub(super) s3: AmazonS3,
    pub(super) client: HttpClient,
    pub(super) settings: S3Settings,
}

/// Gives the library our client instead of one that it makes itself.
#[derive(Debug)]
struct OwnClient(HttpClient);

impl HttpConnector for OwnClient {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

impl S3Bucket {
    pub(super) fn open(settings: &S3Settings) -> Result<Self, FileStoreUnusable> {
        let unusable = |error: &dyn std::fmt::Display| {
            FileStoreUnusable(format!("couldn't use the bucket “{}”: {error}", settings.bucket))
        };
        // Compressed, a file would have another length than the service says. A redirect would need another signature.
        let client = http_client::builder()
            .https_only(!settings.is_plain())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .redirect(redirect::Policy::none())
            .http1_only()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()
            .map_err(|error| unusable(&error))?;
        let client = HttpClient::new(client);
        let address = settings.bucket_address();
        let retry = RetryConfig {
            backoff: BackoffConfig { max_backoff: LONGEST_WAIT, ..BackoffConfig::default() },
            max_retries: RETRIES,
            retry_timeout: RETRY_TIME,
        };
        let s3 = AmazonS3Builder::new()
            // The address of the bucket, so that the library need not know where an address names it.
            .with_endpoint(address)
            .with_virtual_hosted_style_request(true)
            .with_allow_http(settings.is_plain())
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.key_id)
            .with_secret_access_key(settings.secret_key.expose())
            // Not every service removes several files with one call, and we remove one at a time.
            .with_disable_bulk_delete(true)
            .with_retry(retry)
            .with_http_connector(OwnClient(client.clone()))
            .build()
            .map_err(|error| unusable(&error))?;
        Ok(Self { s3, client, settings: settings.clone() })
    }

    /// The files beneath the prefix.
    pub(super) fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::new(PrefixStore::new(self.s3.clone(), Path::from(self.settings.prefix.as_str())))
    }
}
