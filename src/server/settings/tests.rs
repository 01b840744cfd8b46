//! Settings in a real SQLite file: each change has its entry, and a refusal changes nothing.

use super::{Settings, SettingsError, keywords::NewKeyword, targets::Targets};
use crate::{
    contract::audit::AuditFilter,
    domain::{
        event::{Actor, Change, Entry, Event, Initiator, Setting},
        ids::{AgentId, ChannelId, KeywordId, Seq, TenantId},
        keyword::{Keyword, Matching},
        settings::{ReadPolicy, SilenceTimes, TenantSettings as Values, TextName},
        time::{Span, Timestamp},
    },
    server::{
        bus::{Bus, Presence},
        clock::{Clock, Entropy, ManualClock},
        log::Log,
        seal::Seal,
        store::{
            Db, apps,
            channels::{self, ChannelRow},
            entries, tenants,
        },
    },
};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

struct Office {
    settings: Settings,
    tenant: TenantId,
    presence: Presence,
    _folder: tempfile::TempDir,
}

async fn office() -> Office {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&format!("sqlite:{}", folder.path().join("handoff.db").display())).await.expect("opens");
    db.migrate().await.expect("migrates");
    let presence = Presence::default();
    let clock = Clock::manual(ManualClock::at(NOW));
    let log = Log::new(Bus::default());
    let settings = Settings::new(db, clock, Entropy::seeded(7), presence.clone(), log, Seal::of_key([1; 32]));
    let tenant = TenantId::from("tnt_acme");
    insert_tenant(&settings, &tenant, "Acme").await;
    Office { settings, tenant, presence, _folder: folder }
}

impl Office {
    async fn entries(&self) -> Vec<Entry> {
        let mut tx = self.settings.db.begin_read().await.expect("reads");
        entries::since(&mut tx, &self.tenant, Seq(0), 1_000).await.expect("entries")
    }

    async fn changes(&self) -> Vec<(Setting, Change)> {
        let configured = self.entries().await.into_iter().filter_map(|entry| match entry.event {
            Event::Configured { what, change, .. } => Some((what, change)),
            _ => None,
        });
        configured.collect()
    }

    async fn add(&self, phrase: &str, matching: Matching) -> super::Result<KeywordId> {
        self.settings.keyword_add(&self.tenant, admin(), new(phrase, matching)).await
    }

    async fn number(&self, tenant: &TenantId, phone_number_id: &str) -> ChannelId {
        let channel = ChannelRow {
            id: "chn_1".into(),
            tenant_id: tenant.clone(),
            app_id: "demo".into(),
            phone_number_id: phone_number_id.to_owned(),
            waba_id: "900".to_owned(),
            display_phone: "+1 555 010 0000".to_owned(),
            name: "Support".to_owned(),
            token: Vec::new(),
            down_code: None,
            down_since: None,
            shared_since: None,
        };
        let mut tx = self.settings.db.begin_write().await.expect("begins");
        apps::insert(&mut tx, &channel.app_id, "Demo", &[], &[], NOW).await.expect("an app");
        channels::insert(&mut tx, &channel, NOW).await.expect("a number");
        tx.commit().await.expect("commits");
        channel.id
    }
}

async fn insert_tenant(settings: &Settings, id: &TenantId, name: &str) {
    let mut tx = settings.db.begin_write().await.expect("begins");
    let team = format!("tem_{name}").as_str().into();
    tenants::insert(&mut tx, id, name, &team, &Values::default(), NOW).await.expect("a tenant");
    tx.commit().await.expect("commits");
}

fn admin() -> Initiator {
    Initiator { actor: Actor::Agent(AgentId::from("agt_admin")), address: Some([203, 0, 113, 7].into()) }
}

fn new(phrase: &str, matching: Matching) -> NewKeyword {
    NewKeyword { phrase: phrase.to_owned(), matching, language: None, channel: None }
}

fn detail<T: std::fmt::Debug>(result: super::Result<T>) -> String {
    match result {
        Err(SettingsError::Invalid(detail) | SettingsError::Taken(detail)) => detail,
        other => panic!("expected words, got {other:?}"),
    }
}

#[tokio::test]
async fn each_change_of_a_keyword_is_logged() {
    let office = office().await;
    let id = office.add("  Speak to agent ", Matching::Contains).await.expect("added");
    let mut rule = office.settings.read_keywords(&office.tenant).await.expect("listed").rules.remove(0).rule;
    assert_eq!((rule.phrase.as_str(), rule.enabled), ("Speak to agent", true));

    office.settings.keyword_change(&office.tenant, admin(), rule.clone()).await.expect("nothing to change");
    rule.language = Some("PT_br".to_owned());
    rule.enabled = false;
    office.settings.keyword_change(&office.tenant, admin(), rule).await.expect("changed");
    let row = office.settings.read_keywords(&office.tenant).await.expect("listed").rules.remove(0);
    assert_eq!((row.rule.language.as_deref(), row.rule.enabled), (Some("pt-BR"), false));

    office.settings.keyword_remove(&office.tenant, admin(), &id).await.expect("removed");
    let again = office.settings.keyword_remove(&office.tenant, admin(), &id).await;
    assert!(matches!(again, Err(SettingsError::NotFound)));
    let entries = office.entries().await;
    let expected = [Change::Added, Change::Changed, Change::Removed];
    assert_eq!(entries.len(), expected.len());
    for (entry, change) in entries.iter().zip(expected) {
        let subject = Some(id.as_str().to_owned());
        assert_eq!(entry.event, Event::Configured { what: Setting::Keyword, subject, change });
        assert_eq!((&entry.actor, entry.at), (&admin().actor, NOW));
    }
}

#[tokio::test]
async fn an_invalid_keyword_is_refused_and_not_logged() {
    let office = office().await;
    office.add("agent", Matching::Contains).await.expect("added");
    assert!(detail(office.add("AGÉNT!", Matching::Contains).await).contains("“agent”"));
    office.add("agent", Matching::Whole).await.expect("another way of matching is another rule");
    assert!(detail(office.add("!!", Matching::Whole).await).contains("letter or digit"));
    let tongue = NewKeyword { language: Some("klingon".to_owned()), ..new("worf", Matching::Whole) };
    assert!(
        detail(office.settings.keyword_add(&office.tenant, Initiator::SYSTEM, tongue).await)
            .contains("isn't a language")
    );
    assert_eq!(office.changes().await.len(), 2);

    for n in 2..super::keywords::RULES {
        office
            .settings
            .keyword_add(&office.tenant, Initiator::SYSTEM, new(&format!("word {n}"), Matching::Whole))
            .await
            .expect("added");
    }
    assert!(detail(office.add("one more", Matching::Whole).await).contains("reached the limit"));
}

#[tokio::test]
async fn objects_of_another_tenant_are_not_found() {
    let office = office().await;
    let other = TenantId::from("tnt_other");
    insert_tenant(&office.settings, &other, "Other").await;
    let theirs = office.number(&other, "200").await;
    let rule = NewKeyword { channel: Some(theirs.clone()), ..new("agent", Matching::Whole) };
    assert!(matches!(
        office.settings.keyword_add(&office.tenant, Initiator::SYSTEM, rule).await,
        Err(SettingsError::NotFound)
    ));
    let tried = office.settings.keyword_try(&office.tenant, "agent", Some(&theirs), None).await;
    assert!(matches!(tried, Err(SettingsError::NotFound)));

    let id =
        office.settings.keyword_add(&other, Initiator::SYSTEM, new("agent", Matching::Whole)).await.expect("theirs");
    let gone = office.settings.keyword_remove(&office.tenant, admin(), &id).await;
    assert!(matches!(gone, Err(SettingsError::NotFound)));
    let rule = Keyword {
        id,
        phrase: "mine".to_owned(),
        matching: Matching::Whole,
        language: None,
        channel: None,
        enabled: true,
    };
    let changed = office.settings.keyword_change(&office.tenant, admin(), rule).await;
    assert!(matches!(changed, Err(SettingsError::NotFound)));
    assert_eq!(office.changes().await, []);
}

#[tokio::test]
async fn a_trial_returns_the_rule_and_the_reply() {
    let office = office().await;
    let id = office.add("speak to agent", Matching::Contains).await.expect("added");
    let texts = office.settings.tenant(&office.tenant).await.expect("a tenant").settings.texts;

    let message = "can i SPEAK to agént pls";
    let tried = office.settings.keyword_try(&office.tenant, message, None, None).await.expect("tried");
    let (rule, found) = tried.fires.expect("fires");
    assert_eq!((rule.id, &message[found.start..found.end]), (id, "SPEAK to agént"));
    assert_eq!((tried.online, tried.answer), (0, Some(texts.notice_offline)));

    let _stream = office.presence.enter(&office.tenant, &AgentId::from("agt_ana"), false, || NOW);
    let tried = office.settings.keyword_try(&office.tenant, message, None, None).await.expect("tried");
    assert_eq!((tried.online, tried.answer), (1, Some(texts.notice_online)));

    let quiet = office.settings.keyword_try(&office.tenant, "hello", None, None).await.expect("tried");
    assert_eq!((quiet.fires, quiet.answer), (None, Some(texts.greeting)));
    office.settings.text_save(&office.tenant, admin(), TextName::Greeting, " ".to_owned()).await.expect("saved");
    let quiet = office.settings.keyword_try(&office.tenant, "hello", None, None).await.expect("tried");
    assert_eq!(quiet.answer, Some(texts.fallback));
}

#[tokio::test]
async fn a_trial_uses_the_detected_or_chosen_language() {
    let office = office().await;
    let rule = NewKeyword { language: Some("pt".to_owned()), ..new("gift", Matching::Contains) };
    office.settings.keyword_add(&office.tenant, Initiator::SYSTEM, rule).await.expect("added");
    let german = "Ich möchte mit einem Menschen über das gift sprechen";
    for (message, chosen, counts, fires) in [
        ("gift", None, None, true),
        (german, None, Some("de"), false),
        (german, Some("pt-BR"), Some("pt-BR"), true),
        ("gift", Some("es"), Some("es"), false),
    ] {
        let tried = office.settings.keyword_try(&office.tenant, message, None, chosen).await.expect("tried");
        assert_eq!((tried.language.as_deref(), tried.fires.is_some()), (counts, fires), "{message} {chosen:?}");
    }
}

#[tokio::test]
async fn the_page_and_a_trial_show_everyday_forms() {
    let office = office().await;
    office.add("operator", Matching::Contains).await.expect("added");
    office.add("agent", Matching::Whole).await.expect("added");
    let rows = office.settings.read_keywords(&office.tenant).await.expect("listed").rules;
    let shown: Vec<_> = rows.iter().map(|row| (row.heard.join(", "), row.missed.join(" · "))).collect();
    assert_eq!(shown[0], ("operators, operator's".to_owned(), String::new()));
    assert_eq!(shown[1], ("agents, agent's".to_owned(), "agent please · hello, agent".to_owned()));
    for (message, why) in [("two operators", Some("with the ending “-s”")), ("the operator", None), ("hello", None)]
    {
        let tried = office.settings.keyword_try(&office.tenant, message, None, None).await.expect("tried");
        assert_eq!(tried.why.as_deref(), why, "{message}");
    }
    // A changed rule is tried as it is now.
    office.add("hello", Matching::Whole).await.expect("added");
    let tried = office.settings.keyword_try(&office.tenant, "hello", None, None).await.expect("tried");
    assert!(tried.fires.is_some());
}

#[tokio::test]
async fn a_text_with_an_unknown_variable_is_not_saved() {
    let office = office().await;
    for _ in 0..2 {
        let text = "Bye {{ customer.name }}".to_owned();
        office.settings.text_save(&office.tenant, admin(), TextName::Closing, text).await.expect("saved");
    }
    let faulty = "Bye {{ custmer.name }}".to_owned();
    let refused = office.settings.text_save(&office.tenant, admin(), TextName::Closing, faulty.clone()).await;
    assert!(detail(refused).contains("`{{ custmer.name }}` isn't a known variable"));
    for name in TextName::ALL {
        let refused = office.settings.text_save(&office.tenant, admin(), name, faulty.clone()).await;
        assert!(detail(refused).contains("isn't a known variable"), "{name:?}");
    }
    // A greeting is not sent by an agent.
    let signed = "Hi, {{ agent.name }} here".to_owned();
    let refused = office.settings.text_save(&office.tenant, admin(), TextName::Greeting, signed).await;
    assert!(detail(refused).contains("You can use customer.first_name, customer.name, tenant.name."));
    let named = "Hi {{ customer.name }}, this is {{ tenant.name }}".to_owned();
    office.settings.text_save(&office.tenant, admin(), TextName::Greeting, named).await.expect("saved");
    let read = office.settings.keyword_try(&office.tenant, "hello", None, None).await.expect("tried").answer;
    assert!(read.is_some_and(|read| read.starts_with("Hi Maria Silva, this is ")));
    let long = "x".repeat(4_097);
    assert!(
        detail(office.settings.text_save(&office.tenant, admin(), TextName::Fallback, long).await).contains("4,097")
    );
    assert_eq!(office.changes().await, [(Setting::Texts, Change::Changed); 2]);
    let texts = office.settings.tenant(&office.tenant).await.expect("a tenant").settings.texts;
    assert_eq!(texts.closing, "Bye {{ customer.name }}");
}

#[tokio::test]
async fn each_changed_target_is_logged() {
    let office = office().await;
    let save = async |waiting_target, zone: &str, read_policy| {
        let targets = Targets {
            waiting_target: Some(waiting_target),
            zone: Some(zone.to_owned()),
            read_policy: Some(read_policy),
            ..Targets::default()
        };
        office.settings.targets_save(&office.tenant, admin(), targets).await
    };
    save(Span::minutes(5), "UTC", ReadPolicy::OnOpen).await.expect("nothing differs");
    assert_eq!(office.changes().await, []);
    assert!(detail(save(Span::seconds(9), "UTC", ReadPolicy::Never).await).contains("10 seconds"));
    assert!(detail(save(Span::minutes(9), "Mars/Olympus", ReadPolicy::Never).await).contains("“Mars/Olympus”"));
    save(Span::minutes(9), "UTC", ReadPolicy::Never).await.expect("saved");
    let expected = [(Setting::WaitingTarget, Change::Changed), (Setting::ReadPolicy, Change::Changed)];
    assert_eq!(office.changes().await, expected);
    let sequence: Vec<i64> = office.entries().await.iter().map(|entry| entry.seq.0).collect();
    assert_eq!(sequence, [1, 2]);
    // The target of replies is saved only if it is named, within the same bounds.
    let reply = async |reply_target| {
        let targets = Targets { reply_target, ..Targets::default() };
        office.settings.targets_save(&office.tenant, admin(), targets).await
    };
    assert!(detail(reply(Some(Span::seconds(9))).await).contains("10 seconds"));
    reply(Some(Span::minutes(2))).await.expect("saved");
    reply(None).await.expect("stays");
    let settings = office.settings.tenant(&office.tenant).await.expect("a tenant").settings;
    assert_eq!((settings.waiting_target, settings.reply_target), (Span::minutes(9), Span::minutes(2)));
    assert_eq!(office.changes().await.last(), Some(&(Setting::ReplyTarget, Change::Changed)));
}

#[tokio::test]
async fn the_grace_time_after_a_close_is_saved_within_its_bounds() {
    let office = office().await;
    let save = async |grace_time| {
        let targets = Targets { grace_time, ..Targets::default() };
        office.settings.targets_save(&office.tenant, admin(), targets).await
    };
    assert!(detail(save(Some(Span::hours(25))).await).contains("24 hours"));
    save(Some(Span(0))).await.expect("is off");
    save(None).await.expect("stays");
    let settings = office.settings.tenant(&office.tenant).await.expect("a tenant").settings;
    assert_eq!(settings.grace_time, Span(0));
    assert_eq!(office.changes().await, [(Setting::GraceTime, Change::Changed)]);
}

#[tokio::test]
async fn the_times_for_silent_customers_are_saved_within_their_bounds() {
    let office = office().await;
    let save = async |remind_after, close_after| {
        let times = SilenceTimes { remind_after, close_after };
        office.settings.silence_save(&office.tenant, admin(), times).await
    };
    save(Span(0), Span(0)).await.expect("nothing differs");
    assert!(detail(save(Span::minutes(4), Span(0)).await).contains("5 minutes"));
    assert!(detail(save(Span::hours(2), Span::hours(1)).await).contains("later"));
    assert_eq!(office.changes().await, []);
    save(Span::minutes(30), Span::hours(2)).await.expect("saved");
    let settings = office.settings.tenant(&office.tenant).await.expect("a tenant").settings;
    assert_eq!(settings.silence, SilenceTimes { remind_after: Span::minutes(30), close_after: Span::hours(2) });
    assert_eq!(office.changes().await, [(Setting::SilenceTimes, Change::Changed)]);
}

#[tokio::test]
async fn a_time_zone_is_stored_with_its_canonical_name() {
    let office = office().await;
    let targets = Targets { zone: Some(" europe/berlin ".to_owned()), ..Targets::default() };
    office.settings.targets_save(&office.tenant, admin(), targets).await.expect("saved");
    let values = office.settings.tenant(&office.tenant).await.expect("a tenant").settings;
    assert_eq!(values.zone, "Europe/Berlin");
    assert_eq!(office.changes().await, [(Setting::TimeZone, Change::Changed)]);
}

#[tokio::test]
async fn the_audit_is_read_page_by_page() {
    let office = office().await;
    for n in 0..60 {
        office
            .settings
            .keyword_add(&office.tenant, Initiator::SYSTEM, new(&format!("word {n}"), Matching::Whole))
            .await
            .expect("added");
    }
    let newest = office.settings.read_audit(&office.tenant, &AuditFilter::default(), None).await.expect("read");
    assert_eq!((newest.lines.len(), newest.older), (50, Some(Seq(11))));
    assert_eq!((newest.lines[0].who.as_str(), newest.lines[0].what.as_str()), ("Handoff", "Added a handoff keyword"));
    let older = AuditFilter { before: newest.older, ..AuditFilter::default() };
    let oldest = office.settings.read_audit(&office.tenant, &older, None).await.expect("read");
    assert_eq!((oldest.lines.len(), oldest.older), (10, None));
}
