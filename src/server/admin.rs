//! Implements `handoff admin ..`: creating tenants, users, apps and numbers. Secrets are prompted for or read from the
//! environment. They are never command-line arguments, which other users of the machine can read.

pub mod people;
pub mod reports;
pub mod rotate_key;

use super::{
    channels::NewNumber,
    cli::{AddNumber, AdminCommand, CreateUser},
    clock::{Clock, Entropy},
    config::Config,
    gateway,
    secret::Secret,
    serve::BoxError,
    services::Services,
    settings::keywords::NewKeyword,
    store::tenants,
};
use crate::domain::{access::Role, event::Initiator, ids::TenantId, keyword::Matching};

pub async fn run(command: AdminCommand, config: &Config) -> Result<(), BoxError> {
    // No service can be built while some secrets have the old key and others the new one.
    if matches!(command, AdminCommand::RotateKey) {
        return rotate_key::run(config).await;
    }
    let services = Services::build(config, Clock::real(), Entropy::real(), gateway::Timeouts::default()).await?;
    match command {
        AdminCommand::CreateTenant { name } => {
            let id = services.channels.create_tenant(&name).await?;
            // The tenant's default texts tell customers to write this keyword.
            let keyword = NewKeyword {
                phrase: "speak to agent".to_owned(),
                matching: Matching::Contains,
                language: None,
                channel: None,
            };
            services.settings.keyword_add(&id, Initiator::SYSTEM, keyword).await?;
            println!("Created tenant “{name}” ({id}) with the handoff keyword “speak to agent”.");
        }
        AdminCommand::CreateUser(CreateUser { tenant, email, name, role }) => {
            let role = role.parse::<Role>().map_err(|_unknown| "--role must be agent, lead or admin")?;
            let tenant = tenant_by_name(&services, &tenant).await?;
            let password = secret("HANDOFF_PASSWORD", "Password: ")?;
            services.accounts.create(&tenant, &email, &name, role, password).await?;
            println!("Created user {name}. Sign in as {email} at {}", config.public_url);
        }
        AdminCommand::AddApp { key, name } => {
            let app_secret = Secret::new(secret("HANDOFF_APP_SECRET", "App secret (App settings, Basic): ")?);
            let verify = Secret::new(secret("HANDOFF_VERIFY_TOKEN", "Verify token (choose one): ")?);
            services.channels.add_app(&key, &name, &app_secret, &verify).await?;
            println!("Added app “{key}”. Callback URL: {}/webhooks/whatsapp/{key}", config.public_url);
        }
        AdminCommand::AddNumber(AddNumber { tenant, app, phone_number_id, waba_id, phone, name }) => {
            let tenant = tenant_by_name(&services, &tenant).await?;
            let token = Secret::new(secret("HANDOFF_TOKEN", "Access token of a system user: ")?);
            let number = NewNumber {
                app: app.as_str().into(),
                phone_number_id,
                waba_id,
                display_phone: phone.clone(),
                name,
                token,
            };
            services.channels.add_number(&tenant, number).await?;
            println!("Connected {phone}.");
        }
        AdminCommand::SetToken { phone_number_id } => {
            let token = Secret::new(secret("HANDOFF_TOKEN", "Access token of a system user: ")?);
            let channel = services.channels.resume_number(&phone_number_id, Some(&token)).await?;
            println!("Replaced the access token of {} and resumed sending.", channel.display_phone);
        }
        AdminCommand::ResumeNumber { phone_number_id } => {
            let channel = services.channels.resume_number(&phone_number_id, None).await?;
            println!("Resumed sending from {}.", channel.display_phone);
        }
        AdminCommand::SetAppSecret { key } => {
            let app_secret = Secret::new(secret("HANDOFF_APP_SECRET", "App secret (App settings, Basic): ")?);
            services.channels.set_app_secret(&key, &app_secret).await?;
            println!("Replaced the secret of app “{key}”. A running server uses it within a minute.");
        }
        // It was carried out above.
        AdminCommand::RotateKey => {}
        AdminCommand::RebuildReports { tenant } => {
            println!("{}", reports::rebuild(&services, tenant.as_deref()).await?)
        }
        AdminCommand::ResetPassword { email } => {
            let password = secret("HANDOFF_PASSWORD", "New password: ")?;
            services.accounts.reset_password(&email, password).await?;
            println!("Changed the password of {email} and ended all of their sessions.");
        }
        AdminCommand::RemoveSecondFactor { email } => {
            let name = services.accounts.remove_second_factor(&email).await?;
            println!("Removed the second factor of {name} and ended all of their sessions.");
        }
        AdminCommand::People(command) => println!("{}", people::run(&services, command).await?),
    }
    services.db.close().await;
    Ok(())
}

async fn tenant_by_name(services: &Services, name: &str) -> Result<TenantId, BoxError> {
    let mut tx = services.db.begin_read().await?;
    let tenant = tenants::by_name(&mut tx, name).await?;
    tenant.map(|tenant| tenant.id).ok_or_else(|| {
        format!("there is no tenant “{name}”; create it with: handoff admin create-tenant “{name}”").into()
    })
}

fn secret(variable: &str, prompt: &str) -> Result<String, BoxError> {
    match std::env::var(variable) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => rpassword::prompt_password(prompt)
            .map_err(|error| format!("set {variable}, or run this command in a terminal: {error}").into()),
    }
}
