//! The checklist of a new company: what is set up, read from the database each time.

use crate::{
    contract::desk::SetupStep,
    domain::{
        access::{Action, may},
        calendar::Calendar,
        desk::Counts,
        settings::TenantSettings,
    },
    server::{
        accounts::Agent,
        store::{self, Tx, agents::AgentRow, channels::ChannelRow, flows, keywords},
    },
};

/// A company with so many conversations is not new: an upgrade must not show it a checklist.
const ESTABLISHED: i64 = 100;

/// What the layout has read already.
pub(super) struct Known<'a> {
    pub settings: &'a TenantSettings,
    pub counts: &'a Counts,
    pub channels: &'a [ChannelRow],
    pub agents: &'a [AgentRow],
}

/// The steps, in order. Empty once all are done, an admin has dismissed them, or the company is not new. Only admins
/// get links.
pub(super) async fn steps(tx: &mut Tx, agent: &Agent, known: Known<'_>) -> store::Result<Vec<SetupStep>> {
    let conversations = known.counts.total(agent.id());
    if known.settings.setup_dismissed || conversations >= ESTABLISHED {
        return Ok(Vec::new());
    }
    let has_trigger = keywords::list(tx, agent.tenant()).await?.iter().any(|rule| rule.enabled)
        || !flows::live_versions(tx, agent.tenant()).await?.is_empty();
    let colleagues = known.agents.iter().filter(|agent| agent.active).count();
    let is_admin = may(agent.role(), Action::Administer);
    let step = |label: &str, hint: &str, href: Option<&str>, is_done: bool| SetupStep {
        label: label.to_owned(),
        hint: hint.to_owned(),
        href: href.filter(|_| is_admin).map(str::to_owned),
        is_done,
    };
    let steps = vec![
        step(
            "Connect a WhatsApp number",
            "Run “handoff admin add-number” on the server.",
            None,
            !known.channels.is_empty(),
        ),
        step("Receive the first message", "Write to your number from any phone.", None, conversations > 0),
        step(
            "Add a handoff keyword or a flow",
            "They decide when a customer gets an agent.",
            Some("/admin/keywords"),
            has_trigger,
        ),
        step(
            "Set your opening hours",
            "Outside of them, customers read when you are back.",
            Some("/admin/hours"),
            known.settings.calendar != Calendar::default(),
        ),
        step("Add a colleague", "Handoffs alert everyone who is online.", Some("/admin/team"), colleagues > 1),
    ];
    Ok(if steps.iter().all(|step| step.is_done) { Vec::new() } else { steps })
}
