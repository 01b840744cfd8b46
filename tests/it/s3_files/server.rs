//! One S3 server for all tests of files in a bucket: moto of PyPI (`end2end/peers/s3`), which checks keys and signatures. Each
//! test has a bucket of its own, in which the server's files are beneath [`PREFIX`].

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use futures::TryStreamExt;
use handoff::server::{
    file_store::{Addressing, S3Settings},
    secret::Secret,
};
use object_store::{
    ObjectStore,
    aws::{AmazonS3, AmazonS3Builder},
};
use serde::Deserialize;

const BUCKETS: [&str; 4] = ["customers", "agents", "cut", "tried"];

pub const PREFIX: &str = "handoff";

/// What the server says when it listens.
#[derive(Deserialize)]
struct Stage {
    endpoint: String,
    region: String,
    key_id: String,
    secret_key: String,
}

/// The server ends when its standard input is closed, so with this process.
struct Server {
    stage: Stage,
    _process: Child,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let python = std::env::var("HANDOFF_TEST_PYTHON").expect(
        "HANDOFF_TEST_PYTHON names a Python with end2end/peers/requirements.txt; `cargo xtask test-server` makes one",
    );
    let mut process = Command::new(python)
        // No compiled files beside the sources.
        .arg("-B")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/end2end/peers/s3"))
        .args(BUCKETS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut line = String::new();
    let output = process.stdout.take().expect("piped");
    BufReader::new(output).read_line(&mut line).expect("it says where it listens");
    let stage = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
    Server { stage, _process: process }
});

/// The operator's settings for a server that keeps its files in one of [`BUCKETS`].
pub fn settings(bucket: &str) -> S3Settings {
    let Stage { endpoint, region, key_id, secret_key } = &SERVER.stage;
    S3Settings {
        endpoint: endpoint.parse().expect("an address"),
        bucket: bucket.to_owned(),
        region: region.clone(),
        key_id: key_id.clone(),
        secret_key: Secret::new(secret_key.clone()),
        addressing: Addressing::Path,
        prefix: PREFIX.to_owned(),
    }
}

/// A bucket as another program sees it.
pub fn seen(bucket: &str) -> AmazonS3 {
    let Stage { endpoint, region, key_id, secret_key } = &SERVER.stage;
    let builder = AmazonS3Builder::new().with_endpoint(endpoint).with_region(region).with_bucket_name(bucket);
    let builder = builder.with_access_key_id(key_id).with_secret_access_key(secret_key).with_allow_http(true);
    builder.build().expect("a bucket")
}

/// The files that a bucket shows.
pub async fn keys(bucket: &str) -> Vec<String> {
    let found: Vec<_> = seen(bucket).list(None).try_collect().await.expect("lists");
    found.into_iter().map(|object| object.location.to_string()).collect()
}
