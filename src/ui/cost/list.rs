//! The messages behind a number of the cost report: the number again, and a row for each message that makes it up.

use leptos::prelude::*;

use super::{Closed, Progress, address as cost_address, tables::Cost, words::average};
use crate::{
    api::cost::read_cost_list,
    contract::cost::{CostList, CostListRow},
    domain::{
        access::{Action, may},
        report::cost::list::CostListQuery,
    },
    ui::{
        conversations,
        format::iso,
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, lazy_route, live_resource_by},
        number::grouped,
        reports::{address, progress::Notes, use_busy, use_query},
        state::AppState,
    },
};

lazy_route!(CostListRoute in reports, CostListRead);

const LIST: &str = "/reports/cost/list";
const EXPORT: &str = "/reports/export/cost";

const COLUMNS: [Column; 7] = [
    Column::new("When"),
    Column::new("Cost"),
    Column::new("Who"),
    Column::new("Customer"),
    Column::optional("Country"),
    Column::new("Category"),
    Column::optional("Type and model"),
];

/// The address of a number's list.
pub fn list_address(query: &CostListQuery) -> String {
    address(LIST, &query.query())
}

#[component]
fn CostListRead() -> impl IntoView {
    let app = AppState::expect();
    let is_allowed = app.viewer.with_untracked(|viewer| may(viewer.role, Action::ViewReports));
    let refresh = RefreshTrigger::by_hand();
    let query = use_query(LIST);
    let busy = use_busy(query);
    let read = move |query| async move {
        let list = read_cost_list(query).await;
        busy.try_set(false);
        list
    };
    view! {
        <main class="page reports" id="main" tabindex="-1" aria-busy=move || busy.get().then_some("true")>
            <PageHead title="What the cost is made of" lead="Each row opens the message in its conversation."/>
            {if is_allowed {
                live_resource_by(refresh, query, read, move |list| view! { <List list/> }).into_any()
            } else {
                view! { <Closed/> }.into_any()
            }}
        </main>
    }
}

#[component]
fn List(list: RwSignal<CostList>) -> impl IntoView {
    let head = move || view! { <ListHead list=list.get()/> };
    let rows = Memo::new(move |_| list.with(|list| list.rows.clone()));
    let empty = || {
        view! {
            <EmptyState icon="chart" title="Nothing to list">
                "No message of this month counts for this number."
            </EmptyState>
        }
    };
    let pages = move || {
        list.with(|list| {
            let first = CostListQuery { after: None, ..list.query.clone() };
            let newest =
                list.query.after.is_some().then(|| view! { <a class="btn" href=list_address(&first)>"Newest"</a> });
            let older = list.next.clone().map(|after| {
                let next = CostListQuery { after: Some(after), ..list.query.clone() };
                view! { <a class="btn" href=list_address(&next)>"Older"</a> }
            });
            view! {
                {newest}
                {older}
            }
        })
    };
    let line = move |row: Memo<CostListRow>| move || view! { <ListLine row=row.get()/> };
    view! {
        {head}
        <div class="card">
            <Table
                columns=&COLUMNS
                caption="What the cost is made of"
                rows
                key=|row: &CostListRow| row.key.clone()
                empty
                row=line
            />
            <nav class="foot" aria-label="Pages of the list">
                {pages}
            </nav>
        </div>
    }
}

/// The number of the list, and what it is about.
#[component]
fn ListHead(list: CostList) -> impl IntoView {
    let CostList { query, notes, about, zone, progress, currency, n, sum, conversations, handoffs, .. } = list;
    let times = format!("Times of {}", zone.replace('_', " "));
    let about: Vec<String> = about.into_iter().chain([times]).collect();
    let back = cost_address(query.month, query.channel.as_ref());
    let all = CostListQuery { after: None, ..query.clone() };
    let (csv, json) =
        (address(&format!("{EXPORT}.csv"), &all.query()), address(&format!("{EXPORT}.json"), &all.query()));
    let figure = |name: &'static str, value: AnyView| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let count = |name: &'static str, n: i64| figure(name, grouped(n).into_any());
    let units = conversations.map(|n| ("Conversations", n)).or(handoffs.map(|n| ("Handoffs", n)));
    let is_priced = !query.count.is_untold();
    let mean = units.filter(|_| currency.is_some()).map(|(_, n)| average(&sum, n, currency.as_deref()));
    view! {
        <p><a href=back>"Back to the costs"</a></p>
        <Notes notes/>
        <Progress progress/>
        <section class="card pad list-number" aria-labelledby="list-number" data-count=query.count.as_str()>
            <h2 id="list-number">{query.count.label()}</h2>
            <p class="report-days">{about.join(" · ")}</p>
            <dl class="figures">
                {count("Rows", n)}
                {units.map(|(name, n)| count(name, n))}
                {is_priced.then(|| count("Billed", sum.billed))}
                {is_priced.then(|| count("Free", sum.free()))}
                {is_priced.then(|| figure("Cost", view! { <Cost sum currency list=all/> }.into_any()))}
                {mean.map(|mean| figure("On average", mean.into_any()))}
            </dl>
            <p class="report-files">
                "These rows: " <a href=csv rel="external" download="">"CSV"</a> " or "
                <a href=json rel="external" download="">"JSON"</a> "."
            </p>
        </section>
    }
}

#[component]
fn ListLine(row: CostListRow) -> impl IntoView {
    let CostListRow { key: _, at, when, cost, who, customer, conversation, anchor, country, category, kind, model } =
        row;
    let place = match customer {
        Some(name) => {
            let href = format!("{}#{anchor}", conversations::address(&conversation));
            view! { <a href=href><bdi>{name}</bdi></a> }.into_any()
        }
        None => view! { <span class="hint">"This conversation is gone"</span> }.into_any(),
    };
    let told: Vec<String> = [kind, model].into_iter().filter(|word| !word.is_empty()).collect();
    view! {
        <tr>
            <td class="dim"><time datetime=iso(at)>{when}</time></td>
            <td>{cost}</td>
            <td><bdi>{who}</bdi></td>
            <td>{place}</td>
            <td class="opt">{country}</td>
            <td>{category}</td>
            <td class="opt">{told.join(" · ")}</td>
        </tr>
    }
}
