//! The prices of WhatsApp's messages: a table by country and category. Whoever edits it while a colleague saves it reads what
//! changed, and keeps what they typed.

mod row;
mod typed;

use leptos::prelude::*;

use self::{
    row::PriceLine,
    typed::{PriceFaults, PricePlace, TypedMarket, TypedPrices},
};
use crate::{
    api::prices::{prices_save, read_prices},
    contract::{ApiError, prices::Prices},
    ui::{
        browser,
        components::icon::Icon,
        cost::COST,
        kit::{
            Column, ConflictNotice, EditState, FieldError, FieldKind, PageHead, RefreshTrigger, SaveBar, Table,
            TextField, fault_of, lazy_route, live_resource, part,
        },
        state::AppState,
    },
};

const COLUMNS: [Column; 6] = [
    Column::new("Country"),
    Column::number("Marketing"),
    Column::number("Utility"),
    Column::number("Authentication"),
    Column::number("Service"),
    Column::actions("Remove"),
];

/// The form, for its rows.
#[derive(Clone, Copy)]
struct PriceForm {
    form: EditState<TypedPrices>,
    faults: Memo<PriceFaults>,
}

impl PriceForm {
    fn fault(self, place: PricePlace) -> Signal<Option<String>> {
        fault_of(self.faults, place)
    }
}

lazy_route!(PricesRoute in settings, PricesPage);

#[component]
fn PricesPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <PageHead
            title="Prices"
            lead="What WhatsApp charges you for a message, by the customer's country. Meta has no API for its prices: copy them from its rate card. Without prices, reports only count messages."
        />
        {live_resource(refresh, read_prices, move |data| view! { <PriceTable data refresh/> })}
    }
}

#[component]
fn PriceTable(data: RwSignal<Prices>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| data.with(|prices| TypedPrices::of(&prices.list)));
    let form = EditState::new(saved, None);
    let faults = Memo::new(move |_| form.typed.with(|typed| typed.read().err().unwrap_or_default()));
    let table = PriceForm { form, faults };
    let rows = Signal::derive(move || form.typed.with(|typed| typed.rows.clone()));
    let add = move |_| {
        let mut id = typed::OTHERS;
        form.edit(|typed| id = typed.add());
        request_animation_frame(move || browser::focus(&row::code_id(id)));
    };
    view! {
        <form
            class="card prices"
            aria-label="Prices"
            on:submit=move |event| {
                event.prevent_default();
                save(data, refresh, form);
            }
        >
            <div class="form">
                <TextField
                    id="currency"
                    label="Currency"
                    hint="Three letters, such as EUR: the currency in which Meta charges you."
                    kind=FieldKind::Identifier
                    max_length=3
                    text=form.text(part!(currency), table.fault(PricePlace::Currency))
                />
            </div>
            <Table
                columns=&COLUMNS
                caption="Prices of a message by country and category"
                rows
                key=|row: &TypedMarket| row.id
                row=move |row| view! { <PriceLine table row/> }
            />
            <div class="form part">
                <div class="actions">
                    <button class="btn" type="button" on:click=add>
                        <Icon name="plus"/>
                        "Add a country"
                    </button>
                </div>
                <FieldError text=form.error/>
                <ConflictNotice shown=form.conflict label="Reload the prices" reload=move |()| form.reload()/>
                <SavedMeanwhile data form/>
                <p class="hint">
                    "Enter a country as its calling code, such as 49 for Germany. Replies without a template are charged at the utility price; enter a service price only if yours differs. "
                    <a href=COST>"See what messages cost"</a>
                </p>
            </div>
            <SaveBar
                progress=Signal::derive(move || form.progress())
                undo=move |()| form.reload()
                blocked=Signal::derive(move || faults.with(|faults| !faults.is_empty()))
            />
        </form>
    }
}

fn save(data: RwSignal<Prices>, refresh: RefreshTrigger, form: EditState<TypedPrices>) {
    // The one that is on the screen: what changed until then, the person has read.
    let revision = data.with_untracked(|prices| prices.revision);
    form.save(refresh, move |typed: TypedPrices| async move {
        let list = typed.read().map_err(|_| ApiError::Invalid("Fix the highlighted rows first.".to_owned()))?;
        match prices_save(revision, list).await {
            Ok(revision) => {
                data.try_update(|prices| prices.revision = revision);
                Ok(())
            }
            Err(error) => {
                // A colleague was faster: their prices are shown beside what was typed.
                if matches!(error, ApiError::Conflict(_)) {
                    refresh.mark();
                }
                Err(error)
            }
        }
    });
}

/// What a colleague changed since the typing began.
#[component]
fn SavedMeanwhile(data: RwSignal<Prices>, form: EditState<TypedPrices>) -> impl IntoView {
    let changes = Memo::new(move |_| {
        if !form.conflict.get() {
            return Vec::new();
        }
        let base = form.base.with(|base| base.read().unwrap_or_default());
        data.with(|prices| base.changes(&prices.list))
    });
    let lines = move || changes.get().into_iter().map(|change| view! { <li>{change}</li> }).collect_view();
    view! {
        <ul class="hint changes" aria-label="What changed" hidden=move || changes.with(Vec::is_empty)>
            {lines}
        </ul>
    }
}
