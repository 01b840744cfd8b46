//! Meta's error codes with their titles and HTTP statuses.
//!
//! The statuses are Meta's, even where they are misleading: throttling is answered with 400, so that a client which
//! waits for 429 fails here before it fails in production. To add a code, add a row; rows are sorted.

/// An error code.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct Code {
    pub(super) code: u32,
    pub(super) title: &'static str,
    pub(super) http: u16,
}

const fn row(code: u32, http: u16, title: &'static str) -> Code {
    Code { code, title, http }
}

/// All codes of Meta's reference, sorted by number.
pub(super) const CODES: &[Code] = &[
    row(0, 401, "AuthException"),
    row(1, 500, "API Unknown"),
    row(2, 503, "API Service"),
    row(3, 403, "API Method"),
    row(4, 400, "API Too Many Calls"),
    row(10, 403, "Permission Denied"),
    row(33, 400, "Parameter value is not valid"),
    row(100, 400, "Invalid parameter"),
    row(190, 401, "Access token has expired"),
    row(200, 403, "API Permission"),
    row(299, 403, "API Permission"),
    row(368, 403, "Temporarily blocked for policies violations"),
    row(80007, 400, "Rate limit issues"),
    row(130403, 400, "User is blocked by this business"),
    row(130429, 400, "Rate limit hit"),
    row(130472, 400, "User's number is part of an experiment"),
    row(130497, 403, "Business account is restricted from messaging users in this country"),
    row(131000, 500, "Something went wrong"),
    row(131005, 403, "Access denied"),
    row(131008, 400, "Required parameter is missing"),
    row(131009, 400, "Parameter value is not valid"),
    row(131016, 500, "Service unavailable"),
    row(131021, 400, "Recipient cannot be sender"),
    row(131026, 400, "Message undeliverable"),
    row(131030, 400, "Recipient phone number not in allowed list"),
    row(131031, 403, "Account has been locked"),
    row(131037, 400, "Display name approval needed"),
    row(131042, 400, "Business eligibility payment issue"),
    row(131045, 500, "Incorrect certificate"),
    row(131047, 400, "Re-engagement message"),
    row(131048, 400, "Spam rate limit hit"),
    row(131049, 400, "Meta chose not to deliver"),
    row(131050, 400, "User has stopped marketing messages"),
    row(131051, 400, "Unsupported message type"),
    row(131052, 400, "Media download error"),
    row(131053, 400, "Media upload error"),
    row(131056, 400, "(Business Account, Consumer Account) pair rate limit hit"),
    row(131057, 500, "Account in maintenance mode"),
    row(131062, 400, "Business-scoped user id not allowed for this message"),
    row(131063, 400, "Marketing templates are disabled"),
    row(131064, 400, "Template misclassification limit hit"),
    row(132000, 400, "Template Param Count Mismatch"),
    row(132001, 404, "Template does not exist"),
    row(132005, 400, "Template Hydrated Text Too Long"),
    row(132007, 400, "Template Format Character Policy Violated"),
    row(132008, 400, "Template Parameter Invalid"),
    row(132012, 400, "Template Parameter Format Mismatch"),
    row(132015, 400, "Template is Paused"),
    row(132016, 400, "Template is Disabled"),
    row(132018, 400, "Template parameters are invalid"),
    row(132068, 400, "Flow is blocked"),
    row(132069, 400, "Flow is throttled"),
    row(133000, 500, "Incomplete Deregistration"),
    row(133004, 503, "Server Temporarily Unavailable"),
    row(133005, 400, "Two step verification PIN Mismatch"),
    row(133006, 400, "Phone number re-verification needed"),
    row(133008, 400, "Too many two step verification PIN guesses"),
    row(133009, 400, "Two step verification PIN guessed too fast"),
    row(133010, 400, "Phone number not registered"),
    row(133015, 400, "Wait before registering this number again"),
    row(133016, 400, "Account register deregister rate limit exceeded"),
    row(135000, 400, "Generic user error"),
    row(137000, 400, "Recipient identity key hash mismatch"),
    row(139_100, 400, "Failed to block/unblock users"),
    row(139_101, 400, "Blocklist limit reached"),
    row(139_102, 400, "Blocklist concurrent update"),
    row(139_103, 500, "Internal error"),
    row(2_494_191, 400, "Taking control of this thread is not permitted"),
];

/// The row of `code`. Unknown codes get a generic title and status 400, so that tests can use their own.
pub(super) fn find(code: u32) -> Code {
    CODES.iter().find(|row| row.code == code).copied().unwrap_or(row(code, 400, "Unknown error"))
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn sorted_and_unique() {
        assert!(CODES.is_sorted_by(|left, right| left.code < right.code));
    }
}
