//! Sentences about sign-ins, sessions and second factors, for the audit log. Whose account is meant stands beside them.

use crate::event::{FactorChange, SignInRefusal};

pub(super) fn refused(why: SignInRefusal) -> &'static str {
    match why {
        SignInRefusal::Password => "Refused a sign-in: wrong password",
        SignInRefusal::TooManyAttempts => "Refused a sign-in: too many attempts",
        SignInRefusal::Busy => "Refused a sign-in: the server was busy",
        SignInRefusal::Inactive => "Refused a sign-in: the account is deactivated",
        SignInRefusal::Confirmation => "Entered a wrong password when asked to confirm it",
        SignInRefusal::Code => "Refused a sign-in: right password, wrong code",
    }
}

pub(super) fn second_factor(change: FactorChange) -> &'static str {
    match change {
        FactorChange::Added => "Set up a second factor",
        FactorChange::Replaced => "Replaced a second factor",
        FactorChange::Removed => "Removed a second factor",
        FactorChange::CodesRenewed => "Made new recovery codes",
        FactorChange::CodeUsed => "Used a recovery code",
    }
}

pub(super) fn signed_out_elsewhere(sessions: i64) -> String {
    match sessions {
        1 => "Signed out on another device".to_owned(),
        many => format!("Signed out on {many} other devices"),
    }
}
