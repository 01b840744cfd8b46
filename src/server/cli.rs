//! The command line.

use clap::{Args, Parser, Subcommand};

/// Seamless human handoff for WhatsApp.
#[derive(Debug, Parser)]
#[command(name = "handoff", version, about)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the desk and the webhook.
    Serve,
    /// Serve with a simulated WhatsApp and a filled tenant, on loopback only.
    Demo,
    /// Serve the simulated WhatsApp alone.
    Simulator,
    /// Bring the database to this version.
    Migrate,
    /// Set up tenants, people, apps and numbers.
    #[command(subcommand)]
    Admin(Admin),
}

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Add a company.
    CreateTenant { name: String },
    /// Add a person. The password is asked for, or read from HANDOFF_PASSWORD.
    CreateUser(CreateUser),
    /// Add a Meta app: its webhooks go to /webhooks/whatsapp/<key>. The secret is asked for, or read from
    /// HANDOFF_APP_SECRET; the verify token from HANDOFF_VERIFY_TOKEN.
    AddApp { key: String, name: String },
    /// Add a WhatsApp number to a tenant. The access token is asked for, or read from HANDOFF_TOKEN.
    AddNumber(AddNumber),
    /// Give a number a new access token (asked for, or read from HANDOFF_TOKEN) and let its queue go on.
    SetToken { phone_number_id: String },
    /// Let the queue of a number go on that WhatsApp had stopped; what waited is sent.
    ResumeNumber { phone_number_id: String },
    /// Replace an app's secret after it was reset at Meta (asked for, or read from HANDOFF_APP_SECRET).
    SetAppSecret { key: String },
    /// Set a new password and end every session of that person.
    ResetPassword { email: String },
}

#[derive(Debug, Args)]
pub struct CreateUser {
    #[arg(long)]
    pub tenant: String,
    #[arg(long)]
    pub email: String,
    #[arg(long)]
    pub name: String,
    /// agent or admin
    #[arg(long, default_value = "agent")]
    pub role: String,
}

#[derive(Debug, Args)]
pub struct AddNumber {
    #[arg(long)]
    pub tenant: String,
    /// The key of the Meta app that the number belongs to.
    #[arg(long)]
    pub app: String,
    #[arg(long)]
    pub phone_number_id: String,
    /// The WhatsApp business account's id.
    #[arg(long)]
    pub waba_id: String,
    /// The number as people read it.
    #[arg(long)]
    pub phone: String,
    /// What agents call it.
    #[arg(long)]
    pub name: String,
}
