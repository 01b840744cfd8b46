//! The audit log: who did what, and when, newest first. Its filter is in the address and older pages are links, so that
//! what is shown can be shared, and both work without scripts.

use leptos::{ev::SubmitEvent, prelude::*, wasm_bindgen::JsCast, web_sys};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use crate::{
    api::audit::read_audit,
    contract::audit::{AuditFilter, AuditLine, AuditPage as Lines},
    domain::{
        event::AuditKind,
        ids::{AgentId, Seq},
        percent,
    },
    ui::{
        conversations,
        format::TimeStyle,
        kit::{
            Column, DateRange, EmptyState, PageHead, RefreshTrigger, SelectOption, Table, lazy_route, live_resource_by,
            options,
        },
        local_time::LocalTime,
        state::AppState,
    },
};

const ADDRESS: &str = "/admin/audit";

const COLUMNS: [Column; 5] =
    [Column::new("When"), Column::new("Who"), Column::new("What"), Column::new("About"), Column::optional("From")];

lazy_route!(AuditRoute in settings, AuditPage);

#[component]
fn AuditPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| filter_of(|name| query.get(name))));
    let read = |filter: AuditFilter| {
        let AuditFilter { agent, kind, from, to, before } = filter;
        read_audit(agent, kind, from, to, before)
    };
    view! {
        <PageHead title="Audit log" lead="Every change and every action. Read-only."/>
        <FilterForm filter/>
        {live_resource_by(refresh, filter.into(), read, move |page| view! { <Log page filter/> })}
    }
}

/// The filter of an address or a form, whose fields `get` reads. What it does not understand does not filter.
fn filter_of(get: impl Fn(&str) -> Option<String>) -> AuditFilter {
    let text = |name: &str| get(name).filter(|text| !text.is_empty());
    AuditFilter {
        agent: text("who").map(Into::into),
        kind: text("kind").and_then(|name| name.parse().ok()),
        from: text("from"),
        to: text("to"),
        before: text("before").and_then(|seq| seq.parse().ok()).map(Seq),
    }
}

/// The address of a page under `filter`.
fn address(filter: &AuditFilter) -> String {
    let fields = [
        ("who", filter.agent.as_ref().map(ToString::to_string)),
        ("kind", filter.kind.map(|kind| kind.as_str().to_owned())),
        ("from", filter.from.clone()),
        ("to", filter.to.clone()),
        ("before", filter.before.map(|seq| seq.0.to_string())),
    ];
    let mut address = ADDRESS.to_owned();
    for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        address.push(if address == ADDRESS { '?' } else { '&' });
        address.push_str(&format!("{name}={}", percent::encoded(&value)));
    }
    address
}

fn is_narrowing(filter: &AuditFilter) -> bool {
    AuditFilter { before: None, ..filter.clone() } != AuditFilter::default()
}

/// By person, kind of act and days. Without scripts the browser submits it.
#[component]
fn FilterForm(filter: Memo<AuditFilter>) -> impl IntoView {
    let navigate = use_navigate();
    let choices = AppState::expect().choices;
    let people = Memo::new(move |_| {
        let anyone = (String::new(), "Anyone".to_owned());
        let person = |(id, name): &(AgentId, String)| (id.to_string(), name.clone());
        choices.with(|choices| std::iter::once(anyone).chain(choices.agents.iter().map(person)).collect::<Vec<_>>())
    });
    let any_kind = (String::new(), "Everything".to_owned());
    let kinds: Vec<_> =
        std::iter::once(any_kind).chain(options(AuditKind::ALL, AuditKind::as_str, AuditKind::label)).collect();
    let who =
        Memo::new(move |_| filter.with(|filter| filter.agent.as_ref().map(ToString::to_string).unwrap_or_default()));
    let kind = Memo::new(move |_| filter.with(|filter| filter.kind.map_or("", AuditKind::as_str).to_owned()));
    let from = Memo::new(move |_| filter.with(|filter| filter.from.clone().unwrap_or_default()));
    let to = Memo::new(move |_| filter.with(|filter| filter.to.clone().unwrap_or_default()));
    let submit = move |event: SubmitEvent| {
        if let Some(address) = submitted(&event) {
            event.prevent_default();
            navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    };
    view! {
        <form method="get" action=ADDRESS class="card pad audit-filter" aria-label="Filter" on:submit=submit>
            <label class="field">
                <span>"Who"</span>
                <select name="who">{move || view! { <Choices all=people.get() chosen=who/> }}</select>
            </label>
            <label class="field">
                <span>"Kind"</span>
                <select name="kind">
                    <Choices all=kinds chosen=kind/>
                </select>
            </label>
            <DateRange from to/>
            <div class="actions">
                <button class="btn primary" type="submit">"Apply"</button>
                {move || filter.with(is_narrowing).then(|| view! { <a class="btn ghost" href=ADDRESS>"Clear"</a> })}
            </div>
        </form>
    }
}

/// The address that a form leads to. `None` if it cannot be read; then the browser submits it.
fn submitted(event: &SubmitEvent) -> Option<String> {
    let form = event.target()?.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    Some(address(&filter_of(|name| data.get(name).as_string())))
}

/// The options of a select that also works as part of a plain form.
#[component]
fn Choices(all: Vec<SelectOption>, chosen: Memo<String>) -> impl IntoView {
    let option = move |(value, label): SelectOption| {
        let own = value.clone();
        let is = Memo::new(move |_| chosen.with(|chosen| *chosen == own));
        view! { <option value=value selected=is prop:selected=is>{label}</option> }
    };
    all.into_iter().map(option).collect_view()
}

#[component]
fn Log(page: RwSignal<Lines>, filter: Memo<AuditFilter>) -> impl IntoView {
    let rows = Memo::new(move |_| page.with(|page| page.lines.clone()));
    let title = move || {
        let title = filter.with(|filter| match (is_narrowing(filter), filter.before) {
            (true, _) => "No entries match these filters",
            (false, Some(_)) => "No older entries",
            (false, None) => "No entries yet",
        });
        title.to_owned()
    };
    let empty = move || {
        view! {
            <EmptyState icon="audit" title=Signal::derive(title)>
                "Changes to settings, and what agents do with conversations, appear here."
            </EmptyState>
        }
    };
    let newest = move || {
        let newest = filter.with(|filter| AuditFilter { before: None, ..filter.clone() });
        let is_older = filter.with(|filter| filter.before.is_some());
        is_older.then(|| view! { <a class="btn" href=address(&newest)>"Newest"</a> })
    };
    let older = move || {
        let seq = page.with(|page| page.older)?;
        let older = filter.with(|filter| AuditFilter { before: Some(seq), ..filter.clone() });
        Some(view! { <a class="btn" href=address(&older)>"Older"</a> })
    };
    view! {
        <div class="card">
            <Table
                columns=&COLUMNS
                rows
                key=|line: &AuditLine| line.seq.0
                empty
                row=move |line| view! { <LogLine line=line.get_untracked()/> }
            />
            <nav class="foot" aria-label="Pages of the log">
                {newest}
                {older}
            </nav>
        </div>
    }
}

#[component]
fn LogLine(line: AuditLine) -> impl IntoView {
    let AuditLine { at, who, what, about, conversation, address, .. } = line;
    let about = match (conversation, about) {
        (Some(id), about) => {
            let name = about.unwrap_or_else(|| "Conversation".to_owned());
            view! { <a href=conversations::address(&id)><bdi>{name}</bdi></a> }.into_any()
        }
        (None, about) => view! { <bdi>{about}</bdi> }.into_any(),
    };
    view! {
        <tr>
            <td class="dim"><LocalTime at style=TimeStyle::Full/></td>
            // `bdi`, because the styles of `dir=auto` break words anywhere, which a narrow table would do in every row.
            <td><b><bdi>{who}</bdi></b></td>
            <td><bdi>{what}</bdi></td>
            <td>{about}</td>
            <td class="opt dim" dir="ltr">{address}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_and_its_address_say_the_same() {
        let filter = AuditFilter {
            agent: Some("agt_1".into()),
            kind: Some(AuditKind::Numbers),
            from: Some("2026-11-22".to_owned()),
            to: None,
            before: Some(Seq(7)),
        };
        let (_, query) =
            address(&filter).split_once('?').map(|(path, query)| (path.to_owned(), query.to_owned())).expect("a query");
        let value = |name: &str| {
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
        };
        let read =
            filter_of(|name| value(name).map(|value| String::from_utf8_lossy(&percent::decoded(&value)).into_owned()));
        assert_eq!(read, filter);
        assert_eq!(address(&AuditFilter::default()), ADDRESS);
    }

    #[test]
    fn what_an_address_does_not_say_does_not_filter() {
        let read = filter_of(|name| match name {
            "kind" => Some("magic".to_owned()),
            "before" => Some("x".to_owned()),
            _ => Some(String::new()),
        });
        assert_eq!(read, AuditFilter::default());
    }
}
