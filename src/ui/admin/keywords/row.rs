//! One rule: read, switched on and off, changed in place, or removed after one question.

use leptos::{ev, html, prelude::*, task::spawn_local};

use super::{
    Rules,
    add::NEW_PHRASE,
    fields::{Draft, RuleFields, RuleNotes},
};
use crate::{
    api::keywords::{keyword_change, keyword_remove},
    domain::{ids::KeywordId, keyword::Keyword},
    ui::{
        admin::{faults::tell, languages::language_name},
        browser,
        components::icon::Icon,
    },
};

/// What the row is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Shown,
    Edited,
    AskedToRemove,
}

/// The columns of the table, for rows that speak across all of them.
const COLUMNS: &str = "6";

#[component]
pub fn RuleRow(rules: Rules, id: KeywordId) -> impl IntoView {
    let row = rules.row(id.clone());
    let rule = Memo::new(move |_| row.get().map(|row| row.rule));
    let mode = RwSignal::new(Mode::Shown);
    // Where the focus goes back to when an edit or a question ends.
    let opener = NodeRef::<html::Button>::new();
    let came_back = RwSignal::new(false);
    let leave = Callback::new(move |()| {
        came_back.set(true);
        mode.set(Mode::Shown);
    });
    Effect::new(move |_| {
        if let Some(button) = opener.get()
            && came_back.get_untracked()
        {
            came_back.set(false);
            drop(button.focus());
        }
    });
    let enabled = move || rule.with(|rule| rule.as_ref().is_some_and(|rule| rule.enabled));
    view! {
        <tr
            class:off=move || !enabled()
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Escape" && mode.get_untracked() != Mode::Shown {
                    event.stop_propagation();
                    leave.run(());
                }
            }
        >
            {move || {
                let Some(now) = rule.get_untracked() else { return ().into_any() };
                match mode.get() {
                    Mode::Shown => view! { <Cells rules id=id.clone() mode opener/> }.into_any(),
                    Mode::Edited => view! { <EditCell rules now leave/> }.into_any(),
                    Mode::AskedToRemove => view! { <RemoveCell rules now leave/> }.into_any(),
                }
            }}
        </tr>
    }
}

#[component]
fn Cells(rules: Rules, id: KeywordId, mode: RwSignal<Mode>, opener: NodeRef<html::Button>) -> impl IntoView {
    let row = rules.row(id.clone());
    let rule = Memo::new(move |_| row.get().map(|row| row.rule));
    let of_rule = move |read: fn(&Keyword) -> String| rule.with(|rule| rule.as_ref().map(read).unwrap_or_default());
    let phrase = Memo::new(move |_| of_rule(|rule| rule.phrase.clone()));
    let warning = Memo::new(move |_| row.get().and_then(|row| row.warning));
    let enabled = Memo::new(move |_| rule.with(|rule| rule.as_ref().is_some_and(|rule| rule.enabled)));
    let only_on = Memo::new(move |_| {
        let channel = rule.get().and_then(|rule| rule.channel);
        channel.map(|channel| format!("only on {}", rules.channel_name(&channel)))
    });
    let switch = move |enabled: bool| switch(rules, &id, enabled);
    view! {
        <td>
            <b dir="auto">{move || phrase.get()}</b>
            {move || {
                warning
                    .get()
                    .map(|words| view! { <span class="warn"><Icon name="warn"/><span>{words}</span></span> })
            }}
        </td>
        <td>{move || of_rule(|rule| rule.matching.label().to_owned())}</td>
        <td class="opt">
            {move || of_rule(|rule| rule.language.as_deref().map_or_else(|| "any".to_owned(), language_name))}
            {move || only_on.get().map(|words| view! { <div class="hint">{words}</div> })}
        </td>
        <td class="num opt">{move || row.get().map(|row| row.fired.to_string())}</td>
        <td>
            <input
                type="checkbox"
                role="switch"
                class="switch"
                aria-label=move || format!("“{}” calls the agents", phrase.get())
                checked=enabled.get_untracked()
                prop:checked=move || enabled.get()
                on:change:target=move |event| switch(event.target().checked())
            />
        </td>
        <td class="tight">
            <button
                class="btn icon ghost"
                type="button"
                node_ref=opener
                aria-label=move || format!("Edit “{}”", phrase.get())
                on:click=move |_| mode.set(Mode::Edited)
            >
                <Icon name="pencil"/>
            </button>
            <button
                class="btn icon ghost"
                type="button"
                aria-label=move || format!("Remove “{}”", phrase.get())
                on:click=move |_| mode.set(Mode::AskedToRemove)
            >
                <Icon name="trash"/>
            </button>
        </td>
    }
}

#[component]
fn EditCell(rules: Rules, now: Keyword, leave: Callback<()>) -> impl IntoView {
    let draft = Draft::of_rule(&now);
    let phrase_field = NodeRef::<html::Input>::new();
    phrase_field.on_load(|field| drop(field.focus()));
    let label = format!("Change “{}”", now.phrase);
    let sending = RwSignal::new(false);
    // The rule as this edit knows it. Somebody else may change it meanwhile.
    let known = StoredValue::new(now.clone());
    let save = move || {
        if sending.get_untracked() {
            return;
        }
        if let Some(fault) = untrack(|| draft.fault()) {
            draft.refused.set(Some(fault));
            return;
        }
        let newest = rules
            .data
            .with_untracked(|data| data.rules.iter().find(|row| row.rule.id == now.id).map(|row| row.rule.clone()))
            .unwrap_or_else(|| known.get_value());
        let enabled = newest.enabled;
        if known.with_value(|known| Keyword { enabled, ..known.clone() } != newest) {
            draft.refused.set(Some(format!(
                "Somebody changed this keyword meanwhile: it is “{}” ({}) now. Save once more to put yours in its place.",
                newest.phrase,
                newest.matching.label(),
            )));
            known.set_value(newest);
            return;
        }
        sending.set(true);
        let changed = Keyword {
            id: now.id.clone(),
            phrase: draft.phrase.get_untracked().trim().to_owned(),
            matching: draft.matching.get_untracked(),
            language: draft.language.get_untracked(),
            channel: draft.channel.get_untracked(),
            enabled,
        };
        spawn_local(async move {
            match keyword_change(changed.clone()).await {
                Ok(()) => {
                    rules.data.try_update(|data| {
                        if let Some(row) = data.rules.iter_mut().find(|row| row.rule.id == changed.id) {
                            row.rule = changed;
                        }
                    });
                    rules.stale.mark();
                    if sending.try_set(false).is_none() {
                        leave.run(());
                    }
                }
                Err(error) => {
                    tell(rules.app, draft.refused, &error);
                    sending.try_set(false);
                }
            }
        });
    };
    view! {
        <td colspan=COLUMNS>
            <form
                class="form"
                aria-label=label
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <div class="pair">
                    <RuleFields rules draft phrase_field/>
                </div>
                <RuleNotes draft/>
                <div class="actions end">
                    <button class="btn" type="button" on:click=move |_| leave.run(())>"Cancel"</button>
                    <button class="btn primary" type="submit" disabled=move || sending.get()>
                        {move || if sending.get() { "Saving…" } else { "Save" }}
                    </button>
                </div>
            </form>
        </td>
    }
}

#[component]
fn RemoveCell(rules: Rules, now: Keyword, leave: Callback<()>) -> impl IntoView {
    let keep = NodeRef::<html::Button>::new();
    keep.on_load(|button| drop(button.focus()));
    let sending = RwSignal::new(false);
    let id = now.id.clone();
    let remove = move || {
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let id = id.clone();
        spawn_local(async move {
            match keyword_remove(id.clone()).await {
                Ok(()) => {
                    rules.data.try_update(|data| data.rules.retain(|row| row.rule.id != id));
                    rules.stale.mark();
                    browser::focus(NEW_PHRASE);
                }
                Err(error) => {
                    rules.app.show_error(&error);
                    if sending.try_set(false).is_none() {
                        leave.run(());
                    }
                }
            }
        });
    };
    view! {
        <td colspan=COLUMNS>
            <div class="actions" role="group" aria-label="Remove this keyword?">
                <p>
                    "Remove “" <b dir="auto">{now.phrase}</b>
                    "”? It stops calling the agents at once. Past conversations keep it as their reason."
                </p>
                <button class="btn" type="button" node_ref=keep on:click=move |_| leave.run(())>"Keep"</button>
                <button class="btn danger" type="button" disabled=move || sending.get() on:click=move |_| remove()>
                    "Remove"
                </button>
            </div>
        </td>
    }
}

/// Turns a rule on or off at once, and back with the reason if the server refuses.
fn switch(rules: Rules, id: &KeywordId, enabled: bool) {
    let id = id.clone();
    let turn = move |id: &KeywordId, enabled: bool| {
        rules.data.try_update(|data| {
            let row = data.rules.iter_mut().find(|row| row.rule.id == *id)?;
            row.rule.enabled = enabled;
            Some(row.rule.clone())
        })
    };
    let Some(Some(rule)) = turn(&id, enabled) else { return };
    spawn_local(async move {
        match keyword_change(rule).await {
            Ok(()) => rules.stale.mark(),
            Err(error) => {
                turn(&id, !enabled);
                rules.app.show_error(&error);
            }
        }
    });
}
