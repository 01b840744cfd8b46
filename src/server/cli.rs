//! The command line.

use clap::{Args, Parser, Subcommand};

/// Seamless human handoff for WhatsApp.
#[derive(Debug, Parser)]
#[command(name = "handoff", version, about)]
pub struct Cli {
    #[command(subcommand)]
    pub command: CliCommand,
}

#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Run the server: the agents' pages and the webhook.
    Serve,
    /// Run the server with a simulated WhatsApp and sample data, on loopback only.
    Demo,
    /// Run only the simulated WhatsApp.
    Simulator,
    /// Migrate the database to this version.
    Migrate,
    /// Set up tenants, users, apps and numbers.
    #[command(subcommand)]
    Admin(AdminCommand),
}

#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Create a tenant (a company).
    CreateTenant { name: String },
    /// Create a user. Prompts for the password, or reads it from HANDOFF_PASSWORD.
    CreateUser(CreateUser),
    /// Add a Meta app, whose webhooks go to /webhooks/whatsapp/KEY. Prompts for its secret and verify token, or reads
    /// them from HANDOFF_APP_SECRET and HANDOFF_VERIFY_TOKEN.
    AddApp { key: String, name: String },
    /// Connect a WhatsApp number to a tenant. Prompts for its access token, or reads it from HANDOFF_TOKEN.
    AddNumber(AddNumber),
    /// Replace a number's access token and resume sending. Prompts for the token, or reads it from HANDOFF_TOKEN.
    SetToken { phone_number_id: String },
    /// Resume sending from a number that was stopped. Queued messages are sent.
    ResumeNumber { phone_number_id: String },
    /// Replace an app's secret after a reset at Meta. Prompts for it, or reads it from HANDOFF_APP_SECRET.
    SetAppSecret { key: String },
    /// Encrypt all stored secrets with a new key, while the server is stopped. The old key is that of the
    /// configuration. Prompts for the new one, or reads it from HANDOFF_NEW_SECRET_KEY. An interrupted run is continued
    /// by running it once more with the same keys.
    RotateKey,
    /// Delete the facts beneath the reports and derive them from the log again. A running server does it in the
    /// background, otherwise the next one that starts. Without --tenant: of all tenants.
    RebuildReports {
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Set a user's password and end all of their sessions. Their second factor stays.
    ResetPassword { email: String },
    /// Remove a user's second factor, for a lost phone, and end all of their sessions.
    RemoveSecondFactor { email: String },
    #[command(flatten)]
    People(PeopleCommand),
}

/// What admins also do on the team page.
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Invite a person to a tenant's team. Prints a link that works once, for 72 hours.
    Invite(Invite),
    /// Revoke a person's invitation.
    RevokeInvitation {
        #[arg(long)]
        tenant: String,
        email: String,
    },
    /// Deactivate a user: their sessions end, and their conversations go back to Unassigned.
    Deactivate { email: String },
    /// Let a deactivated user sign in again.
    Reactivate { email: String },
    /// Change a user's role to agent, lead or admin, and end all of their sessions.
    SetRole { email: String, role: String },
    /// Print a link with which a user sets a new password. It works once, for 24 hours.
    PasswordLink { email: String },
    /// Revoke a user's link for a new password.
    RevokePasswordLink { email: String },
}

#[derive(Debug, Args)]
pub struct Invite {
    #[arg(long)]
    pub tenant: String,
    #[arg(long)]
    pub email: String,
    #[arg(long)]
    pub name: String,
    /// agent, lead or admin
    #[arg(long, default_value = "agent")]
    pub role: String,
}

#[derive(Debug, Args)]
pub struct CreateUser {
    #[arg(long)]
    pub tenant: String,
    #[arg(long)]
    pub email: String,
    #[arg(long)]
    pub name: String,
    /// agent, lead or admin
    #[arg(long, default_value = "agent")]
    pub role: String,
}

#[derive(Debug, Args)]
pub struct AddNumber {
    #[arg(long)]
    pub tenant: String,
    /// Key of the Meta app that the number belongs to.
    #[arg(long)]
    pub app: String,
    #[arg(long)]
    pub phone_number_id: String,
    /// ID of the WhatsApp Business account.
    #[arg(long)]
    pub waba_id: String,
    /// The number as shown to people, for example +49 30 1234567.
    #[arg(long)]
    pub phone: String,
    /// The number's name as agents see it.
    #[arg(long)]
    pub name: String,
}
