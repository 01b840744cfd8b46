//! The leftovers of a bucket: uploads in parts that were never completed, which no list of files shows and which cost
//! what files cost; and files that arrived but were not moved to their path. `object_store` has no call that lists
//! unfinished uploads, so it is made here.

use std::sync::Arc;

use futures::TryStreamExt;
use http::{Request, StatusCode};
use object_store::{
    ObjectStore, ObjectStoreExt, aws::AwsAuthorizer, client::HttpRequestBody, multipart::MultipartStore, path::Path,
};
use serde::Deserialize;
use url::Url;

use super::{LeftoverError, Leftovers, is_old};
use crate::{
    domain::{
        ids::{
            Noun,
            noun::{MediaNoun, NodeNoun, TenantNoun},
        },
        time::Timestamp,
    },
    server::file_store::{ARRIVING, PROBE, bucket::S3Bucket},
};

/// Most pages of unfinished uploads that are read at a time, with a thousand each. The next look continues.
const MOST_PAGES: usize = 20;

/// A page of the service's list (`ListMultipartUploads`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UnfinishedPage {
    #[serde(default)]
    is_truncated: bool,
    next_key_marker: Option<String>,
    next_upload_id_marker: Option<String>,
    #[serde(default, rename = "Upload")]
    uploads: Vec<Unfinished>,
}

/// An upload that was begun and neither completed nor aborted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Unfinished {
    key: String,
    upload_id: String,
    initiated: String,
}

impl S3Bucket {
    pub(super) async fn remove_leftovers(
        &self,
        objects: &Arc<dyn ObjectStore>,
        now: Timestamp,
    ) -> Result<Leftovers, LeftoverError> {
        // Each for itself: not every service lists unfinished uploads.
        let arrived = remove_arrived(objects, now).await;
        Ok(self.abort_unfinished(now).await?.and(arrived?))
    }

    async fn abort_unfinished(&self, now: Timestamp) -> Result<Leftovers, LeftoverError> {
        let mut found = Leftovers::default();
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let page = self.unfinished(after.as_ref()).await?;
            for upload in page.uploads.iter().filter(|upload| is_ours(&upload.key, &self.settings.prefix)) {
                if is_old(begun(&upload.initiated)?, now) {
                    let path = Path::parse(&upload.key).map_err(object_store::Error::from)?;
                    match self.s3.abort_multipart(&path, &upload.upload_id).await {
                        Ok(()) => found.removed += 1,
                        // It has ended since it was listed.
                        Err(object_store::Error::NotFound { .. }) => {}
                        Err(error) => return Err(error.into()),
                    }
                } else {
                    found.recent += 1;
                }
            }
            match page.next_key_marker {
                Some(key) if page.is_truncated => {
                    after = Some((key, page.next_upload_id_marker.unwrap_or_default()));
                }
                _ => break,
            }
        }
        Ok(found)
    }

    /// A page of the unfinished uploads beneath the prefix, after the one with this key and id. The library has no call for it.
    async fn unfinished(&self, after: Option<&(String, String)>) -> Result<UnfinishedPage, LeftoverError> {
        let unreadable = |error: &dyn std::fmt::Display| LeftoverError::Unreadable(error.to_string());
        let mut url =
            Url::parse(&format!("{}/", self.settings.bucket_address())).map_err(|error| unreadable(&error))?;
        url.query_pairs_mut().append_pair("uploads", "");
        if !self.settings.prefix.is_empty() {
            url.query_pairs_mut().append_pair("prefix", &format!("{}/", self.settings.prefix));
        }
        if let Some((key, upload_id)) = after {
            url.query_pairs_mut().append_pair("key-marker", key).append_pair("upload-id-marker", upload_id);
        }
        let mut request =
            Request::get(url.as_str()).body(HttpRequestBody::empty()).map_err(|error| unreadable(&error))?;
        let credential = self.s3.credentials().get_credential().await?;
        AwsAuthorizer::new(&credential, "s3", &self.settings.region).try_authorize(&mut request, None)?;
        let response = self.client.execute(request).await?;
        if response.status() != StatusCode::OK {
            return Err(LeftoverError::Refused(response.status()));
        }
        let body = response.into_body().bytes().await?;
        quick_xml::de::from_reader(&body[..]).map_err(|error| unreadable(&error))
    }
}

/// Removes files of ours that arrived long ago and are still where they arrived. `objects` is what is beneath the prefix.
async fn remove_arrived(objects: &Arc<dyn ObjectStore>, now: Timestamp) -> Result<Leftovers, LeftoverError> {
    let mut found = Leftovers::default();
    for tenant in objects.list_with_delimiter(None).await?.common_prefixes {
        let arrived: Vec<_> = objects.list(Some(&tenant.join(ARRIVING))).try_collect().await?;
        for object in arrived.into_iter().filter(|object| is_ours(object.location.as_ref(), "")) {
            if is_old(Timestamp(object.last_modified.timestamp_millis()), now) {
                objects.delete(&object.location).await?;
                found.removed += 1;
            } else {
                found.recent += 1;
            }
        }
    }
    Ok(found)
}

/// Whether a key is a path of ours. Others may keep files in the same bucket.
fn is_ours(key: &str, prefix: &str) -> bool {
    let within = match prefix {
        "" => Some(key),
        prefix => key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')),
    };
    let is_id = |segment: &str, noun: &str| segment.strip_prefix(noun).is_some_and(|rest| rest.starts_with('_'));
    match within.map(|path| path.split('/').collect::<Vec<_>>()).as_deref() {
        Some([PROBE, ARRIVING, node]) => is_id(node, NodeNoun::PREFIX),
        Some([tenant, file] | [tenant, ARRIVING, file]) => {
            is_id(tenant, TenantNoun::PREFIX) && is_id(file, MediaNoun::PREFIX)
        }
        _ => false,
    }
}

fn begun(initiated: &str) -> Result<Timestamp, LeftoverError> {
    let time = initiated.parse::<jiff::Timestamp>();
    time.map(|time| Timestamp(time.as_millisecond())).map_err(|error| LeftoverError::Unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_ours() {
        for (key, prefix, expected) in [
            ("tnt_1/med_1", "", true),
            ("tnt_1/arriving/med_1", "", true),
            ("desk/tnt_1/arriving/med_1", "desk", true),
            ("desk/a/tnt_1/med_1", "desk/a", true),
            ("tnt_1/med_1", "desk", false),
            ("deskside/tnt_1/med_1", "desk", false),
            ("backup/2026/med_1", "", false),
            ("tnt_1/report", "", false),
            ("tnt_1/arriving/deep/med_1", "", false),
            ("probe/arriving/nod_1", "", true),
            ("probe/arriving/flight-list", "", false),
            ("backup/arriving/med_1", "", false),
            ("tnt_1/arriving/report", "", false),
        ] {
            assert_eq!(is_ours(key, prefix), expected, "{key} beneath “{prefix}”");
        }
    }

    #[test]
    fn a_list_of_unfinished_uploads_is_read() {
        let read = |xml: &str| quick_xml::de::from_reader::<_, UnfinishedPage>(xml.as_bytes()).expect("is read");
        let page = read(
            "<?xml version=\"1.0\"?><ListMultipartUploadsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <Bucket>files</Bucket><KeyMarker/><NextKeyMarker>tnt_1/med_2</NextKeyMarker>\
             <NextUploadIdMarker>b</NextUploadIdMarker><IsTruncated>true</IsTruncated>\
             <Upload><Key>tnt_1/med_1</Key><UploadId>a</UploadId><Initiated>2026-03-02T10:00:00.000Z</Initiated>\
             <Owner><ID>1</ID></Owner></Upload>\
             <Upload><Key>tnt_1/med_2</Key><UploadId>b</UploadId><Initiated>2026-03-02T10:00:01.000Z</Initiated></Upload>\
             </ListMultipartUploadsResult>",
        );
        assert!(page.is_truncated && page.next_key_marker.as_deref() == Some("tnt_1/med_2"));
        let ids: Vec<&str> = page.uploads.iter().map(|upload| upload.upload_id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(begun(&page.uploads[0].initiated).expect("a time"), Timestamp(1_772_445_600_000));
        let none = read("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>");
        assert!(none.uploads.is_empty() && !none.is_truncated);
    }
}
