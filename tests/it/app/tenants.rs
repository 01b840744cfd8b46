//! The tenants of a test, with a number and a simulated Meta each.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::{Router, extract::Request, routing::any};
use handoff::{
    domain::{
        ids::{ChannelId, TenantId},
        settings::{BotTexts, TenantSettings},
    },
    server::{
        channels::NewNumber,
        clock::Clock,
        secret::Secret,
        services::Services,
        simulator::{AppSecretProof, Simulator, SimulatorConfig},
        store,
    },
};
use tower::ServiceExt;

use super::{APP, NUMBER, TestApp, VERIFY_TOKEN, WABA};

const DISPLAY_PHONE: &str = "+1 555 010 0000";
const TOKEN: &str = "acme-token";

/// A tenant, and its number at Meta. The app's secret is its id and `-secret`.
pub(super) struct Business {
    name: &'static str,
    app: &'static str,
    number: &'static str,
    waba: &'static str,
}

pub(super) const ACME: Business = Business { name: "Acme", app: APP, number: NUMBER, waba: WABA };
const GLOBEX: Business =
    Business { name: "Globex", app: "globex-app", number: "900800700600500", waba: "800700600500400" };

impl Business {
    fn secret(&self) -> String {
        format!("{}-secret", self.app)
    }

    /// Meta as this business sees it, which calls the server at `address`.
    pub(super) fn simulator(&self, address: SocketAddr, clock: &Clock, seed: u64) -> Simulator {
        let now = clock.clone();
        Simulator::new(SimulatorConfig {
            callback: format!("http://{address}/webhooks/whatsapp/{}", self.app),
            app_secret: self.secret(),
            phone_number_id: self.number.to_owned(),
            waba_id: self.waba.to_owned(),
            display_phone_number: DISPLAY_PHONE.to_owned(),
            access_token: TOKEN.to_owned(),
            app_secret_proof: AppSecretProof::Required,
            now: Arc::new(move || now.now().0),
            // Meta's own delays are not tested here: scheduled actions run at once.
            sleep: Arc::new(|_| Box::pin(std::future::ready(()))),
            seed,
        })
        .expect("the simulator starts")
    }
}

/// The simulated Meta of the other tenant's number, behind the same address. There is none until a test asks for it.
#[derive(Clone, Default)]
pub(super) struct OtherMeta(Arc<OnceLock<Simulator>>);

impl OtherMeta {
    /// The calls for that number. While there is no simulator for it, the first one refuses them: it does not know the
    /// number.
    pub(super) fn routes(&self, first: &Simulator) -> Router {
        let (other, first) = (self.0.clone(), first.clone());
        let messages = move |request: Request| {
            let simulator = other.get().unwrap_or(&first).clone();
            async move { simulator.router().oneshot(request).await }
        };
        Router::new().route(&format!("/v26.0/{}/messages", GLOBEX.number), any(messages))
    }

    /// As [`Simulator::settled`].
    pub(super) async fn settled(&self) {
        if let Some(simulator) = self.0.get() {
            simulator.settled().await;
        }
    }
}

impl TestApp {
    /// Another tenant on the same server, with its own app and number. See [`Self::other_meta`].
    pub async fn other_tenant(&self) -> (TenantId, ChannelId) {
        connect(&self.services, &GLOBEX).await
    }

    /// Meta as the other tenant sees it: from the first call on, its number sends.
    pub fn other_meta(&self) -> &Simulator {
        self.other_meta.0.get_or_init(|| GLOBEX.simulator(self.address, &self.services.clock, 77))
    }
}

/// A tenant that is there already, and its number.
pub async fn connected(services: &Services, name: &str) -> (TenantId, ChannelId) {
    let mut tx = services.db.begin_read().await.expect("a view");
    let tenant = store::tenants::by_name(&mut tx, name).await.expect("reads").expect("the tenant").id;
    let channel = store::channels::list(&mut tx, &tenant).await.expect("reads").remove(0).id;
    (tenant, channel)
}

/// Each text of the bot is a message, which most tests count. How new companies send them is tested in
/// `flow_runs/joined.rs`.
async fn send_texts_apart(services: &Services, tenant: &TenantId) {
    let mut tx = services.db.begin_write().await.expect("a transaction");
    let record = store::tenants::find(&mut tx, tenant).await.expect("reads").expect("the tenant");
    let settings = TenantSettings { bot_texts: BotTexts::Separate, ..record.settings };
    store::tenants::save_settings(&mut tx, tenant, &settings).await.expect("saves");
    tx.commit().await.expect("commits");
}

pub(super) async fn connect(services: &Services, business: &Business) -> (TenantId, ChannelId) {
    let channels = &services.channels;
    let tenant = channels.create_tenant(business.name).await.expect("a tenant");
    send_texts_apart(services, &tenant).await;
    let app = channels
        .add_app(business.app, business.name, &Secret::new(business.secret()), &Secret::new(VERIFY_TOKEN))
        .await
        .expect("an app");
    let number = NewNumber {
        app,
        phone_number_id: business.number.to_owned(),
        waba_id: business.waba.to_owned(),
        display_phone: DISPLAY_PHONE.to_owned(),
        name: format!("{} Store", business.name),
        token: Secret::new(TOKEN),
    };
    let channel = channels.add_number(&tenant, number).await.expect("a number");
    (tenant, channel)
}
