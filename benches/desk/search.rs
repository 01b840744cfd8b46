//! Search over 10,000 and 1,000,000 messages of ten tenants, of which one has nine tenths.
//!
//! Words stand in 0.01 %, 10 % and 60 % of the messages. Measured is the whole service call behind a page of results,
//! for the large tenant and for a small one, without a filter and with status and date. Customers and conversations are
//! inserted by SQL, messages by the store, which also fills the index.
//!
//! A small tenant has too few messages at the smaller size to fill a page of results. Where the pages have different
//! numbers of rows, the time per row is compared.

use handoff::{
    domain::{
        access::Role,
        desk::{Filter, Status},
        ids::{ConversationId, CustomerId, MessageId, Seq, TenantId},
        message::{Author, Content},
        time::Timestamp,
    },
    server::{
        accounts::{Agent, CallerDevice},
        store::{
            customers::CustomerRow,
            messages::{self, MessageRow},
            search::{self, Document},
        },
    },
};

use super::{
    Failure,
    numbers::{self, Sample, instant, millis, seconds, verdict, wall_micros},
    pages,
    stage::Stage,
};

const SIZES: [i64; 2] = [10_000, 1_000_000];
const TENANTS: i64 = 10;
const PER_CONVERSATION: i64 = 10;
const BATCH: i64 = 1_000;
const CALLS: usize = 100;
const GROWTH: f64 = 3.0;
const COST: f64 = 0.08;
const WORDS: [(&str, &str); 3] = [("zebrafish", "0.01 %"), ("parcel", "10 %"), ("lamp", "60 %")];

/// A tenant with an agent and its part of the messages.
struct Share {
    tenant: TenantId,
    agent: Agent,
    /// The first of its conversations: conversations of all tenants are numbered together.
    base: i64,
    messages: i64,
}

pub async fn measure() -> Result<(), Failure> {
    let stage = Stage::start().await?;
    stage.services.db.stop_syncing().await?;
    let mut shares = vec![share(&stage, stage.tenant.clone(), 0).await?];
    for nth in 1..TENANTS {
        let tenant = stage.services.channels.create_tenant(&format!("Bench {nth}")).await?;
        shares.push(share(&stage, tenant, nth).await?);
    }
    let mut times: Vec<Vec<Searched>> = Vec::new();
    for size in SIZES {
        let start = instant();
        for (nth, share) in shares.iter_mut().enumerate() {
            let part = if nth == 0 { size * 9 / 10 } else { size / 10 / (TENANTS - 1) };
            fill(&stage, share, part).await?;
        }
        while stage.services.indexer.run_once().await? > 0 {}
        println!("{size} messages (filled in {:.1} s)", seconds(start));
        times.push(searches(&stage, &shares).await?);
    }
    for (small, large) in times[0].iter().zip(&times[1]) {
        let (rows, growth) = if small.rows == large.rows {
            (String::new(), large.time / small.time)
        } else {
            let per_row = |searched: &Searched| searched.time / searched.rows.max(1) as f64;
            (format!(" per row ({} and {})", large.rows, small.rows), per_row(large) / per_row(small))
        };
        let what = format!("{}, t(1M)/t(10k){rows}", small.what);
        verdict(&what, format!("{growth:.2}"), &format!("<= {GROWTH}"), growth <= GROWTH);
    }
    stage.end().await;
    Ok(())
}

async fn share(stage: &Stage, tenant: TenantId, nth: i64) -> Result<Share, Failure> {
    let email = format!("searcher{nth}@bench.test");
    let password = "a-bench-password";
    let accounts = &stage.services.accounts;
    accounts.create(&tenant, &email, "Searcher", Role::Agent, password.to_owned()).await?;
    let token = accounts.sign_in(&email, password.to_owned(), &CallerDevice::default(), None).await?.token;
    let agent = accounts.signed_in(&token).await?.ok_or("the session is not there")?;
    Ok(Share { tenant, agent, base: nth * 100_000_000, messages: 0 })
}

/// Adds messages until the tenant has `count`.
async fn fill(stage: &Stage, share: &mut Share, count: i64) -> Result<(), Failure> {
    let conversations = |messages: i64| share.base + (messages + PER_CONVERSATION - 1) / PER_CONVERSATION;
    let (from, to) = (conversations(share.messages), conversations(count));
    pages::fill_tenant(stage, &share.tenant, (&share.agent, &share.agent), from, to).await?;
    let now = wall_micros() / 1_000;
    while share.messages < count {
        let end = (share.messages + BATCH).min(count);
        let rows: Vec<MessageRow> = (share.messages..end)
            .map(|nth| {
                let number = share.base * PER_CONVERSATION + nth;
                let conversation = ConversationId::from(format!("cnv_{:026}", share.base + nth / PER_CONVERSATION));
                let content = Content::Text { body: words(nth) };
                // The newest message is the last one, whatever the size.
                let at = Timestamp(now - (10_000_000 - nth) * 1_000);
                let id = MessageId::from(format!("msg_{number:026}"));
                let row = MessageRow::new(id, &conversation, &stage.channel, Author::Customer, content, at);
                MessageRow { seq: Seq(nth + 1), ..row }
            })
            .collect();
        let mut tx = stage.services.db.begin_write().await?;
        messages::insert(&mut tx, &share.tenant, &rows).await?;
        tx.commit().await?;
        stage.services.indexer.run_once().await?;
        share.messages = end;
    }
    Ok(())
}

/// The text of a message: ordinary words, and those that are searched as often as they should be.
fn words(nth: i64) -> String {
    let mixed = nth.wrapping_mul(2_654_435_761).rem_euclid(1 << 32);
    let mut words: Vec<String> = (0..9).map(|word| format!("w{}", (mixed >> word) % 20_011)).collect();
    if mixed % 10 < 6 {
        words.push("lamp".to_owned());
    }
    if mixed / 16 % 10 == 0 {
        words.push("parcel".to_owned());
    }
    if nth % 10_000 == 77 {
        words.push("zebrafish".to_owned());
    }
    words.join(" ")
}

/// What was searched, and the first page of results.
struct Searched {
    what: String,
    /// The 50th percentile, in milliseconds.
    time: f64,
    rows: usize,
}

async fn searches(stage: &Stage, shares: &[Share]) -> Result<Vec<Searched>, Failure> {
    let mut found = Vec::new();
    for (share, who) in [(&shares[0], "large tenant"), (&shares[1], "small tenant")] {
        for (word, frequency) in WORDS {
            for (filter, narrowed) in [
                (Filter { search: Some(word.to_owned()), ..Filter::default() }, "no filter"),
                (
                    Filter {
                        search: Some(format!("{word} after:2020-01-01")),
                        status: Some(Status::Closed),
                        ..Filter::default()
                    },
                    "status and date",
                ),
            ] {
                let (mut times, mut rows) = (Vec::new(), 0);
                for _ in 0..CALLS {
                    let start = instant();
                    let page = stage.services.live.search(&share.agent, &filter, None, None).await;
                    times.push(millis(start));
                    let page = page.map_err(|error| format!("the search failed: {error:?}"))?;
                    rows = page.customers.len() + page.messages.len();
                }
                let sample = Sample::of(times);
                let what = format!("{who}, word in {frequency}, {narrowed}");
                println!("  {what}: {}, {rows} rows", sample.line("ms"));
                found.push(Searched { what, time: sample.at(50), rows });
            }
        }
    }
    Ok(found)
}

/// What the index costs for one ingested message of a new customer and the bot's reply, compared with everything else:
/// its rows, which are written with the message, and their merge into the full-text index, which waits until no webhook
/// does. `per_message` is the processor time of a message with its rows, in seconds.
pub async fn cost_of_index(stage: &Stage, per_message: f64) -> Result<(), Failure> {
    const MESSAGES: i64 = 19_200;
    /// As many as the projector passes on in one transaction.
    const COMMIT: i64 = 256;
    while stage.services.indexer.run_once().await? > 0 {}
    let now = wall_micros() / 1_000;
    let text = |body: &str, nth: i64| {
        let content = Content::Text { body: body.to_owned() };
        let id = MessageId::from(format!("msg_cost{nth:022}"));
        let row = MessageRow::new(
            id,
            &ConversationId::from("cnv_cost"),
            &stage.channel,
            Author::Customer,
            content,
            Timestamp(now + nth),
        );
        Document::of_message(&MessageRow { seq: Seq(nth), ..row })
    };
    let before = numbers::cpu()?;
    let mut nth = 0;
    while nth < MESSAGES {
        let mut documents = Vec::new();
        for _ in 0..COMMIT {
            nth += 1;
            documents.push(Document::of_customer(&CustomerRow {
                id: CustomerId::from(format!("cus_cost{nth:022}")),
                user_id: None,
                wa_id: Some(format!("49171{nth:08}")),
                name: format!("Customer {nth}"),
                username: None,
                language: None,
                created_at: now + nth,
                blocked: false,
            }));
            documents.extend(text("Good morning, has my parcel with the blue lamp left your warehouse yet?", 2 * nth));
            documents.extend(text("Thank you for your message. How can we help you today?", 2 * nth + 1));
        }
        let mut tx = stage.services.db.begin_write().await?;
        search::add(&mut tx, &stage.tenant, documents).await?;
        tx.commit().await?;
    }
    let added = numbers::cpu()?;
    while stage.services.indexer.run_once().await? > 0 {}
    let per_one = |seconds: f64| seconds / 19_200.0;
    let (cost, later) = (per_one(added - before), per_one(numbers::cpu()? - added));
    let share = cost / (per_message - cost);
    verdict(
        "the search index, of the processor time of a message without it, while webhooks wait",
        format!("{:.1} % ({:.0} µs, and {:.0} µs when none does)", share * 100.0, cost * 1e6, later * 1e6),
        &format!("<= {} %", COST * 100.0),
        share <= COST,
    );
    Ok(())
}
