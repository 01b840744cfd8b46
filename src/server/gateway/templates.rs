//! Lists an account's templates.

use super::{
    Credentials, Gateway, call,
    send::SendError,
    wire::template_list::{ListedDefinition, TemplatePage},
};
use crate::domain::template::MessageTemplate;

/// How many templates a page has.
const PAGE: &str = "100";
/// The most pages. Verified businesses have up to 6,000 templates.
const MAX_PAGES: usize = 60;
/// The longest page, in bytes: a hundred carousels with all of their texts.
const PAGE_LIMIT: usize = 8 * 1024 * 1024;
const FIELDS: &str = "id,name,language,status,category,parameter_format,quality_score,components";

impl Gateway {
    /// The templates of a WhatsApp account, in every language and status.
    pub async fn templates(&self, credentials: &Credentials, waba_id: &str) -> Result<Vec<MessageTemplate>, SendError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut url = call::address(&self.base, &[waba_id, "message_templates"], credentials)?;
            url.query_pairs_mut().append_pair("fields", FIELDS).append_pair("limit", PAGE);
            if let Some(after) = &after {
                url.query_pairs_mut().append_pair("after", after);
            }
            let request = self.client.get(url).bearer_auth(credentials.token.expose());
            let raw = call::make_within(request, PAGE_LIMIT).await?;
            let foreign = || SendError::unanswered(raw.status);
            let page: TemplatePage = serde_json::from_slice(&raw.body).map_err(|_| foreign())?;
            if let Some(refusal) = page.error {
                return Err(SendError::refused(refusal, raw.status).unwrap_or_else(foreign));
            }
            if !(200..300).contains(&raw.status) {
                return Err(foreign());
            }
            found.extend(page.data.into_iter().filter_map(ListedDefinition::into_template));
            // The address of the next page is not followed, because the token would go with it.
            let paging = page.paging.unwrap_or_default();
            after = paging.next.and(paging.cursors).and_then(|cursors| cursors.after);
            if after.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
