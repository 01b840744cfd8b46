//! Sentences about sign-ins and sessions, for the audit log.

use crate::event::SignInRefusal;

pub(super) fn refused(why: SignInRefusal) -> &'static str {
    match why {
        SignInRefusal::Password => "Refused a sign-in: wrong password",
        SignInRefusal::TooManyAttempts => "Refused a sign-in: too many attempts",
        SignInRefusal::Busy => "Refused a sign-in: the server was busy",
        SignInRefusal::Inactive => "Refused a sign-in: the account is deactivated",
        SignInRefusal::Confirmation => "Entered a wrong password when asked to confirm it",
    }
}

pub(super) fn signed_out_elsewhere(sessions: i64) -> String {
    match sessions {
        1 => "Signed out on another device".to_owned(),
        many => format!("Signed out on {many} other devices"),
    }
}
