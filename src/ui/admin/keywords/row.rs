//! One rule: its values, its switch, its form, its removal.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    COLUMNS, Rules,
    fields::{KeywordDraft, RuleFields, RuleNotes},
    form::NEW_PHRASE,
};
use crate::{
    api::keywords::{keyword_change, keyword_remove},
    contract::keywords::KeywordRow,
    domain::{ids::KeywordId, keyword::Keyword},
    ui::{
        browser,
        components::icon::Icon,
        kit::{EditableRow, RowControl, Submit, SubmitButton, Switch, language_name, send_optimistic},
    },
};

#[component]
pub fn RuleLine(rules: Rules, keyword: Memo<KeywordRow>) -> impl IntoView {
    let row = RowControl::new(rules.refresh);
    let rule = Memo::new(move |_| keyword.with(|keyword| keyword.rule.clone()));
    let remove = move |()| {
        let id = rule.with_untracked(|rule| rule.id.clone());
        row.remove(keyword_remove(id.clone()), move || {
            rules.data.try_update(|data| data.rules.retain(|row| row.rule.id != id));
            browser::focus(NEW_PHRASE);
        });
    };
    let name = Signal::derive(move || rule.with(|rule| rule.phrase.clone()));
    view! {
        <EditableRow
            row
            columns=COLUMNS.len()
            noun="keyword"
            name
            effect="It stops triggering handoffs immediately. Past conversations still show it."
            remove
            inactive=Signal::derive(move || rule.with(|rule| !rule.enabled))
            editor=move || view! { <RuleEditor rules now=rule.get_untracked() row/> }
        >
            <Cells rules keyword rule/>
        </EditableRow>
    }
}

#[component]
fn Cells(rules: Rules, keyword: Memo<KeywordRow>, rule: Memo<Keyword>) -> impl IntoView {
    let phrase = Memo::new(move |_| rule.with(|rule| rule.phrase.clone()));
    let warning = move || {
        let words = keyword.with(|keyword| keyword.warning.clone());
        words.map(|words| view! { <span class="warn"><Icon name="warn"/><span>{words}</span></span> })
    };
    let heard = move || {
        let forms = keyword.with(|keyword| keyword.heard.join(", "));
        (!forms.is_empty()).then(|| view! { <div class="hint">"Also hears: "<bdi>{forms}</bdi></div> })
    };
    let missed = move || {
        let forms = keyword.with(|keyword| keyword.missed.join(" · "));
        (!forms.is_empty()).then(|| {
            view! { <span class="warn"><Icon name="warn"/><span>"Does not hear: "<bdi>{forms}</bdi></span></span> }
        })
    };
    let only_on = move || {
        let channel = rule.with(|rule| rule.channel.clone());
        channel.map(|channel| view! { <div class="hint">{format!("only on {}", rules.channel_name(&channel))}</div> })
    };
    view! {
        <td>
            <b dir="auto">{move || phrase.get()}</b>
            {heard}
            {missed}
            {warning}
        </td>
        <td>{move || rule.with(|rule| rule.matching.label())}</td>
        <td class="opt">
            {move || rule.with(|rule| rule.language.as_deref().map_or_else(|| "any".to_owned(), language_name))}
            {only_on}
        </td>
        <td class="num opt">{move || keyword.with(|keyword| keyword.fired)}</td>
        <td>
            <Switch
                label=Signal::derive(move || format!("“{}” triggers a handoff", phrase.get()))
                is_on=Signal::derive(move || rule.with(|rule| rule.enabled))
                toggle=move |enabled| set_enabled(rules, rule.with_untracked(|rule| rule.id.clone()), enabled)
            />
        </td>
    }
}

#[component]
fn RuleEditor(rules: Rules, now: Keyword, row: RowControl) -> impl IntoView {
    let submit = Submit::in_form();
    let draft = KeywordDraft::of_rule(now.clone(), submit);
    let prefix = now.id.to_string();
    let first = format!("{prefix}-phrase");
    request_animation_frame(move || browser::focus(&first));
    let label = format!("Edit “{}”", now.phrase);
    // The rule that this edit began with. Another admin may change it meanwhile.
    let known = StoredValue::new(now.clone());
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        if draft.is_refused() {
            return;
        }
        let newest = rules
            .data
            .with_untracked(|data| data.rules.iter().find(|row| row.rule.id == now.id).map(|row| row.rule.clone()))
            .unwrap_or_else(|| known.get_value());
        let enabled = newest.enabled;
        if known.with_value(|known| Keyword { enabled, ..known.clone() } != newest) {
            submit.error.set(Some(format!(
                "Someone else changed this keyword: it is “{}” ({}) now. Save again to replace it with yours.",
                newest.phrase,
                newest.matching.label(),
            )));
            known.set_value(newest);
            return;
        }
        let changed = Keyword { enabled, ..draft.rule() };
        submit.run(keyword_change(changed.clone()), move |()| {
            rules.data.try_update(|data| {
                if let Some(row) = data.rules.iter_mut().find(|row| row.rule.id == changed.id) {
                    row.rule = changed;
                }
            });
            rules.refresh.mark();
            row.leave();
        });
    };
    view! {
        <form class="form" aria-label=label on:submit=save>
            <div class="pair">
                <RuleFields rules draft prefix=prefix.clone()/>
            </div>
            <RuleNotes draft prefix/>
            <div class="actions end">
                <button class="btn" type="button" on:click=move |_| row.leave()>"Cancel"</button>
                <SubmitButton submit label="Save" busy="Saving…"/>
            </div>
        </form>
    }
}

/// Turns a rule on or off at once, and back with an error if the server refuses.
fn set_enabled(rules: Rules, id: KeywordId, enabled: bool) {
    let turn = move |enabled: bool| {
        rules.data.try_update(|data| {
            let row = data.rules.iter_mut().find(|row| row.rule.id == id)?;
            row.rule.enabled = enabled;
            Some(row.rule.clone())
        })
    };
    let Some(Some(rule)) = turn(enabled) else { return };
    send_optimistic(
        rules.app,
        async move {
            keyword_change(rule).await?;
            rules.refresh.mark();
            Ok(())
        },
        move || {
            turn(!enabled);
        },
    );
}
