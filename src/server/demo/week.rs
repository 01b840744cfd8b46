//! A week of plausible past conversations, created through the real services with a manual clock: the simulator posts
//! signed webhooks over HTTP; agents claim, answer and close; statuses come back.
//!
//! The customers are in `cast.rs`, their messages in `stories.rs`, the times in `plan.rs`; this file runs the plan.

mod cast;
mod plan;
mod stories;

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use axum::{Router, routing::post};

use tokio::{net::TcpListener, task::JoinSet};

use super::{BoxError, Config, PASSWORD, PEOPLE, Services};
use crate::{
    domain::{
        desk::{Group, Row, RowState},
        ids::{ConversationId, Seq},
        settings::{TenantSettings, TextName},
        time::{Span, Timestamp},
    },
    server::{
        accounts::{Agent, CallerDevice},
        bus::StreamGuard,
        clock::{Clock, Entropy, ManualClock},
        gateway,
        simulator::{self, AppSecretProof, InboundContent, InboundMessage, Reads, Simulator},
        store::desk,
        webhook,
    },
};
use cast::Person;
use plan::{PlannedEvent, PlannedEventKind};
use stories::StoryLine;

/// Seeds all ids and random delays of the week.
const SEED: u64 = 2_026;

/// Position of a look at everything that is there.
const EVERYTHING: Seq = Seq(i64::MAX);

/// Reply of an agent who closes a conversation that nobody has answered.
const SORRY: &str = "Hi, sorry nobody got back to you. Is there anything I can still help with?";

/// A clock at the beginning of the week, for what is created before it, such as the tenant.
pub fn before(clock: &Clock) -> Clock {
    Clock::manual(ManualClock::at(clock.now().minus(Span::days(8))))
}

/// Creates the demo's past conversations.
pub async fn fill(config: &Config, clock: &Clock) -> Result<(), BoxError> {
    let now = clock.now();
    let manual_clock = ManualClock::at(now.minus(Span::days(8)));
    let (callback, graph) = (loopback().await?, loopback().await?);
    let config = Config { graph_url: format!("http://{}/v26.0", graph.local_addr()?), ..config.clone() };
    let clock = Clock::manual(manual_clock.clone());
    let mut services =
        Services::build(&config, clock.clone(), Entropy::seeded(SEED), gateway::Timeouts::default()).await?;
    // There are thousands of commits. If the process is killed meanwhile, the next start recreates the data.
    services.db.stop_syncing().await?;
    let simulator = meta(&clock, callback.local_addr()?)?;
    let mut workers = JoinSet::new();
    services.start_journal(&mut workers);
    let hook = Router::new()
        .route("/webhooks/whatsapp/{app}", post(webhook::receive::receive))
        .with_state(services.webhook.clone());
    let stop = services.stop.clone();
    let ends = stop.clone();
    workers.spawn(async move {
        let served = axum::serve(callback, hook).with_graceful_shutdown(ends.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::error!(%error, "demo: webhook server failed");
        }
    });
    let simulated = tokio::spawn(simulator.serve(graph, stop.clone()));
    let played = play(&services, &simulator, &manual_clock, now).await;
    stop.cancel();
    simulated.await??;
    while let Some(ended) = workers.join_next().await {
        ended?;
    }
    services.db.close().await;
    played
}

async fn loopback() -> Result<TcpListener, BoxError> {
    Ok(TcpListener::bind("127.0.0.1:0").await?)
}

fn meta(clock: &Clock, callback: SocketAddr) -> Result<Simulator, BoxError> {
    let now = clock.clone();
    let simulator = Simulator::new(simulator::SimulatorConfig {
        callback: format!("http://{callback}/webhooks/whatsapp/{}", super::APP),
        app_secret: super::APP_SECRET.to_owned(),
        phone_number_id: super::PHONE_NUMBER_ID.to_owned(),
        waba_id: super::WABA_ID.to_owned(),
        display_phone_number: super::DISPLAY_PHONE.to_owned(),
        access_token: super::TOKEN.to_owned(),
        app_secret_proof: AppSecretProof::Required,
        now: Arc::new(move || now.now().0),
        // Delays of the simulator need no real waiting.
        sleep: Arc::new(|_| Box::pin(tokio::task::yield_now())),
        seed: SEED,
    })?;
    let mut settings = simulator.settings();
    settings.reads = Reads::Auto;
    settings.status.read_ms = 9_000;
    // Skips the status `delivered`, as when the chat is open. It saves one webhook per message.
    settings.status.skip_delivered = true;
    settings.webhook.batch = 8;
    simulator.set_settings(settings);
    Ok(simulator)
}

async fn play(
    services: &Services,
    simulator: &Simulator,
    manual_clock: &ManualClock,
    now: Timestamp,
) -> Result<(), BoxError> {
    let people = cast::add_customers(simulator);
    let events = plan::week(now, &people, SEED);
    if let Some(first) = events.first() {
        manual_clock.set(first.at);
    }
    let mut agents = Vec::new();
    for (email, ..) in PEOPLE {
        agents.push(sign_in(services, email).await?);
    }
    let mut player = Player { services, simulator, people, agents, streams: Vec::new(), open: HashMap::new() };
    for PlannedEvent { at, kind } in events {
        // Wait for webhooks in progress first: they would see the clock jump by hours.
        simulator.settled().await;
        manual_clock.set(at);
        player.run_event(kind).await?;
    }
    simulator.settled().await;
    manual_clock.set(now);
    player.settle().await?;
    if player.simulator.traffic().undelivered > 0 {
        return Err("couldn't deliver the demo's past conversations: some webhooks were rejected".into());
    }
    for agent in &player.agents {
        services.accounts.sign_out(agent, None).await?;
    }
    Ok(())
}

async fn sign_in(services: &Services, email: &str) -> Result<Agent, BoxError> {
    let new = services.accounts.sign_in(email, PASSWORD.to_owned(), &CallerDevice::default(), None).await?;
    services.accounts.signed_in(&new.token).await?.ok_or_else(|| format!("{email} couldn't sign in").into())
}

/// State while the plan runs.
struct Player<'a> {
    services: &'a Services,
    simulator: &'a Simulator,
    people: Vec<Person>,
    /// In the order of [`PEOPLE`], where the admin is last.
    agents: Vec<Agent>,
    streams: Vec<StreamGuard>,
    /// The open conversation of each customer, if any.
    open: HashMap<usize, ConversationId>,
}

impl Player<'_> {
    async fn run_event(&mut self, kind: PlannedEventKind) -> Result<(), BoxError> {
        match kind {
            PlannedEventKind::AgentsOnline => self.agents_online(),
            PlannedEventKind::AgentsOffline => self.streams.clear(),
            PlannedEventKind::FallbackRemoved => self.fallback(String::new()).await?,
            PlannedEventKind::FallbackRestored => self.fallback(TenantSettings::default().texts.fallback).await?,
            PlannedEventKind::Said { person, line } => self.said(person, line).await?,
            PlannedEventKind::Enter { person, agent } => {
                let row = self.conversation(person).await?;
                self.enter(agent, &row).await?;
            }
            PlannedEventKind::Answered { person, agent, words } => {
                let Row { id, .. } = self.conversation(person).await?;
                self.answer(agent, &id, words).await?;
            }
            PlannedEventKind::Seen { person, agent } => {
                let Row { id, .. } = self.conversation(person).await?;
                self.services.conversations.see(&self.agents[agent], &id, EVERYTHING).await?;
            }
            PlannedEventKind::Closed { person, agent } => self.close(person, agent).await?,
        }
        Ok(())
    }

    fn agents_online(&mut self) {
        let clock = &self.services.clock;
        let enter = |agent: &Agent| {
            let clock = clock.clone();
            self.services.presence.enter(agent.tenant(), agent.id(), false, move || clock.now())
        };
        self.streams = self.agents.iter().take(plan::AGENTS).map(enter).collect();
    }

    async fn fallback(&self, text: String) -> Result<(), BoxError> {
        let Some(admin) = self.agents.last() else { return Ok(()) };
        let by = admin.initiator(None);
        Ok(self.services.settings.text_save(admin.tenant(), by, TextName::Fallback, text).await?)
    }

    async fn said(&self, person: usize, line: StoryLine) -> Result<(), BoxError> {
        let text = |text: &str| InboundContent::Text { text: text.to_owned() };
        let mut say: InboundMessage = match line {
            StoryLine::Customer(words) | StoryLine::Late(words) | StoryLine::Agent(words) => text(words).into(),
            StoryLine::Picture(words) => InboundContent::Image { media: None, caption: Some(words.to_owned()) }.into(),
            StoryLine::Voice => InboundContent::Voice { media: None }.into(),
            StoryLine::Staff(words) => InboundContent::StaffEcho { text: words.to_owned() }.into(),
        };
        if matches!(line, StoryLine::Late(_)) {
            say.extras.at = Some(self.services.clock.now().minus(Span::minutes(38)).0);
        }
        self.simulator.say(&self.people[person].id, say)?;
        self.process_arrived().await?;
        if matches!(line, StoryLine::Picture(_) | StoryLine::Voice) {
            self.services.media.run_once().await?;
        }
        Ok(())
    }

    /// Processes what has arrived: webhooks, the bot's turns, and the outbox.
    async fn process_arrived(&self) -> Result<(), BoxError> {
        self.simulator.settled().await;
        self.services.projector.run_once().await?;
        self.services.bot.run_once().await?;
        self.services.outbox.run_once().await?;
        Ok(())
    }

    /// Runs all workers until no work is left.
    async fn settle(&self) -> Result<(), BoxError> {
        loop {
            self.simulator.settled().await;
            let projected = self.services.projector.run_once().await?;
            let turns = self.services.bot.run_once().await?;
            let fetched = self.services.media.run_once().await?;
            let sent = self.services.outbox.run_once().await?;
            if projected + turns + fetched + sent == 0 {
                return Ok(());
            }
        }
    }

    /// The customer's open conversation as a row of the desk.
    async fn conversation(&mut self, person: usize) -> Result<Row, BoxError> {
        let (name, reader) = (&self.people[person].name, &self.agents[0]);
        let mut tx = self.services.db.begin_read().await?;
        let mut rows = Vec::new();
        if let Some(id) = self.open.get(&person) {
            rows = desk::rows(&mut tx, reader.tenant(), std::slice::from_ref(id)).await?;
        } else {
            for group in [Group::Unassigned, Group::Bot, Group::Others] {
                rows.extend(
                    desk::page(&mut tx, reader.tenant(), reader.id(), group, &desk::DeskScope::default(), None, 50)
                        .await?,
                );
            }
        }
        let row =
            rows.into_iter().find(|row| row.name == *name).ok_or_else(|| format!("{name} has no open conversation"))?;
        self.open.insert(person, row.id.clone());
        Ok(row)
    }

    /// Claims a waiting conversation, or takes it over from the bot.
    async fn enter(&self, agent: usize, row: &Row) -> Result<(), BoxError> {
        let (conversations, agent) = (&self.services.conversations, &self.agents[agent]);
        match row.state {
            RowState::Bot => {
                conversations.take_over(agent, &row.id).await?;
            }
            RowState::Waiting | RowState::Claimed { .. } | RowState::Phone | RowState::Closed { .. } => {
                conversations.claim(agent, &row.id).await?;
            }
        }
        Ok(conversations.see(agent, &row.id, EVERYTHING).await?)
    }

    async fn answer(&self, agent: usize, id: &ConversationId, words: &str) -> Result<(), BoxError> {
        let client_id = hex::encode(self.services.conversations.entropy.bytes::<8>());
        self.services.conversations.reply(&self.agents[agent], id, &client_id, words, None).await?;
        self.services.outbox.run_once().await?;
        Ok(())
    }

    /// Closes the conversation. If it still waits for an agent, it is answered first.
    async fn close(&mut self, person: usize, agent: usize) -> Result<(), BoxError> {
        let row = self.conversation(person).await?;
        if row.state == RowState::Waiting {
            self.enter(agent, &row).await?;
            self.answer(agent, &row.id, SORRY).await?;
        }
        self.services.conversations.close(&self.agents[agent], &row.id, row.last_turn).await?;
        self.open.remove(&person);
        self.services.outbox.run_once().await?;
        Ok(())
    }
}
