//! Creating tenants, apps and numbers in a real SQLite file: each number has its entry, and a refusal changes nothing.

use super::{ChannelError, Channels, NewNumber};
use crate::{
    domain::{
        event::{Change, Event, Setting},
        ids::{AppId, ChannelId, Seq, TenantId},
        time::Timestamp,
    },
    server::{
        bus::Bus,
        clock::{Clock, Entropy, ManualClock},
        log::Log,
        seal::{Seal, SealedField},
        secret::Secret,
        store::{Db, apps, channels, entries},
    },
};

struct Office {
    channels: Channels,
    tenant: TenantId,
    _folder: tempfile::TempDir,
}

async fn office() -> Office {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&format!("sqlite:{}", folder.path().join("handoff.db").display())).await.expect("opens");
    db.migrate().await.expect("migrates");
    let clock = Clock::manual(ManualClock::at(Timestamp(1_700_000_000_000)));
    let log = Log::new(Bus::default());
    let channels = Channels::new(db, clock, Entropy::seeded(7), log, Seal::of_key([1; 32]));
    let tenant = channels.create_tenant("Acme").await.expect("a tenant");
    Office { channels, tenant, _folder: folder }
}

impl Office {
    async fn changes(&self) -> Vec<(Setting, Change)> {
        let mut tx = self.channels.db.begin_read().await.expect("reads");
        let entries = entries::since(&mut tx, &self.tenant, Seq(0), 1_000).await.expect("entries");
        let configured = entries.into_iter().filter_map(|entry| match entry.event {
            Event::Configured { what, change, .. } => Some((what, change)),
            _ => None,
        });
        configured.collect()
    }

    async fn number(&self, tenant: &TenantId, phone_number_id: &str) -> super::Result<ChannelId> {
        let number = NewNumber {
            app: AppId::from("demo"),
            phone_number_id: phone_number_id.to_owned(),
            waba_id: "900".to_owned(),
            display_phone: "+1 555 010 0000".to_owned(),
            name: "Support".to_owned(),
            token: Secret::new("EAAG-token"),
        };
        self.channels.add_number(tenant, number).await
    }

    async fn app(&self) -> super::Result<AppId> {
        self.channels.add_app("demo", "Demo", &Secret::new("app-secret"), &Secret::new("verify")).await
    }
}

fn detail<T: std::fmt::Debug>(result: super::Result<T>) -> String {
    match result {
        Err(ChannelError::Invalid(detail) | ChannelError::Taken(detail)) => detail,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn numbers_are_connected_once_and_their_secrets_are_sealed() {
    let office = office().await;
    assert!(detail(office.channels.create_tenant(" Acme ").await).contains("already a tenant “Acme”"));
    assert!(detail(office.number(&office.tenant, "100").await).contains("no app “demo”"));
    office.app().await.expect("an app");
    assert!(detail(office.app().await).contains("already an app “demo”"));
    let id = office.number(&office.tenant, "100").await.expect("connected");
    assert!(detail(office.number(&office.tenant, "100").await).contains("already connected"));
    assert!(detail(office.number(&office.tenant, "../me").await).contains("digits"));
    office.number(&office.tenant, "101").await.expect("connected");
    let added = |what| (what, Change::Added);
    assert_eq!(office.changes().await, [added(Setting::App), added(Setting::Channel), added(Setting::Channel)]);

    let mut tx = office.channels.db.begin_read().await.expect("reads");
    let channel = channels::find(&mut tx, &office.tenant, &id).await.expect("found").expect("there");
    let app = apps::find(&mut tx, &AppId::from("demo")).await.expect("found").expect("there");
    for (field, sealed, plain) in [
        (SealedField::AccessToken(&office.tenant, &id), channel.token, "EAAG-token"),
        (SealedField::AppSecret(&app.id), app.secret, "app-secret"),
        (SealedField::VerifyToken(&app.id), app.verify_token, "verify"),
    ] {
        assert!(!sealed.windows(plain.len()).any(|part| part == plain.as_bytes()));
        assert_eq!(office.channels.seal.open(field, &sealed).expect("opens").expose(), plain);
    }
}
