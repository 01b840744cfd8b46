//! The outcomes that agents pick when they close: the list in the order of the keys, a form for a new one, and whether
//! one must be picked.

use leptos::{ev::SubmitEvent, prelude::*};

use crate::{
    api::outcomes::{outcome_add, outcome_archive, outcome_move, outcome_rename, outcome_rule_save, read_outcomes},
    contract::{ApiError, flow::MoveDirection, outcomes::Outcomes},
    domain::{
        ids::OutcomeId,
        outcome::{Outcome, OutcomeRule, name_fault},
    },
    ui::{
        browser,
        kit::{
            Column, EditableRow, EmptyState, FieldError, IconButton, PageHead, RefreshTrigger, RowControl, Submit,
            SubmitButton, SwitchField, Table, TextField, lazy_route, live_resource, send_optimistic,
        },
        state::AppState,
    },
};

/// The id of the new outcome's name. It gets the focus after one was archived.
const NEW: &str = "new-outcome";
const COLUMNS: [Column; 3] = [Column::number("Key"), Column::new("Outcome"), Column::actions("Move, rename or remove")];

lazy_route!(OutcomesRoute in settings, OutcomesPage);

#[component]
fn OutcomesPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <PageHead
            title="Outcomes"
            lead="What agents pick when they close a conversation, by key or click. The thread shows it."
        />
        {live_resource(refresh, read_outcomes, move |data| view! { <OutcomeList data refresh/> })}
    }
}

#[component]
fn OutcomeList(data: RwSignal<Outcomes>, refresh: RefreshTrigger) -> impl IntoView {
    let app = AppState::expect();
    // What is being renamed stays when a colleague removes it: what was typed is not lost.
    let renamed = RwSignal::new(Vec::<Outcome>::new());
    let rows = Memo::new(move |_| {
        let mut rows = data.with(|data| data.choice.outcomes.clone());
        let is_gone = |outcome: &&Outcome| rows.iter().all(|row| row.id != outcome.id);
        let gone: Vec<Outcome> = renamed.with(|renamed| renamed.iter().filter(is_gone).cloned().collect());
        rows.extend(gone);
        rows
    });
    let is_required = Signal::derive(move || data.with(|data| data.choice.rule == OutcomeRule::Required));
    let require = move |required: bool| {
        let rule = if required { OutcomeRule::Required } else { OutcomeRule::Optional };
        let before = data.with_untracked(|data| data.choice.rule);
        data.update(|data| data.choice.rule = rule);
        send_optimistic(app, outcome_rule_save(rule), move || {
            data.try_update(|data| data.choice.rule = before);
        });
    };
    let archived = move || {
        let names = data.with(|data| data.archived.join(", "));
        (!names.is_empty()).then(|| {
            view! {
                <p class="hint">"Removed, and still shown in closed conversations: " <bdi>{names}</bdi></p>
            }
        })
    };
    let empty = || {
        view! {
            <EmptyState icon="check" title="No outcomes yet">
                "Agents close without one. Add what your conversations end with, below."
            </EmptyState>
        }
    };
    view! {
        <div class="card">
            <Table
                columns=&COLUMNS
                caption="Outcomes in the order of their keys"
                rows
                key=|outcome: &Outcome| outcome.id.as_str().to_owned()
                empty
                row=move |outcome| view! { <OutcomeLine data refresh renamed outcome/> }
            />
            <AddOutcome refresh/>
            <SwitchField label="Agents must pick an outcome to close" is_on=is_required toggle=require/>
            {archived}
        </div>
    }
}

#[component]
fn OutcomeLine(
    data: RwSignal<Outcomes>,
    refresh: RefreshTrigger,
    renamed: RwSignal<Vec<Outcome>>,
    outcome: Memo<Outcome>,
) -> impl IntoView {
    let row = RowControl::new(refresh);
    let id = outcome.with_untracked(|outcome| outcome.id.clone());
    let name = Signal::derive(move || outcome.with(|outcome| outcome.name.clone()));
    let key = move || {
        let id = outcome.with(|outcome| outcome.id.clone());
        data.with(|data| data.choice.outcomes.iter().position(|other| other.id == id)).map(|at| at + 1)
    };
    let archived = id.clone();
    let remove = move |()| {
        let archived = archived.clone();
        row.remove(outcome_archive(archived.clone()), move || {
            data.try_update(|data| data.choice.outcomes.retain(|outcome| outcome.id != archived));
            browser::focus(NEW);
        });
    };
    let moved = id.clone();
    let buttons = move || {
        view! {
            <MoveOutcome id=moved.clone() name way=MoveDirection::Up refresh/>
            <MoveOutcome id=moved.clone() name way=MoveDirection::Down refresh/>
        }
    };
    view! {
        <EditableRow
            row
            columns=COLUMNS.len()
            noun="outcome"
            name
            effect="Agents can't pick it any more. Closed conversations still show it."
            remove
            buttons
            editor=move || view! { <RenameOutcome data refresh renamed row now=outcome.get_untracked()/> }
        >
            <td class="num"><kbd>{key}</kbd></td>
            <td><b dir="auto">{name}</b></td>
        </EditableRow>
    }
}

/// Moves an outcome up or down, and with it its key.
#[component]
fn MoveOutcome(id: OutcomeId, name: Signal<String>, way: MoveDirection, refresh: RefreshTrigger) -> impl IntoView {
    let (icon, word) = match way {
        MoveDirection::Up => ("up", "up"),
        MoveDirection::Down => ("down", "down"),
    };
    let submit = Submit::with_toasts();
    let label = Signal::derive(move || format!("Move “{}” {word}", name.get()));
    let press = move |_| submit.run(outcome_move(id.clone(), way), move |()| refresh.mark());
    view! { <IconButton icon label press/> }
}

/// The new name of an outcome. What a colleague did to it meanwhile is said above the button, and what was typed stays.
#[component]
fn RenameOutcome(
    data: RwSignal<Outcomes>,
    refresh: RefreshTrigger,
    renamed: RwSignal<Vec<Outcome>>,
    row: RowControl,
    now: Outcome,
) -> impl IntoView {
    let (submit, name) = (Submit::in_form(), RwSignal::new(now.name.clone()));
    let field = format!("{}-name", now.id);
    let first = field.clone();
    request_animation_frame(move || browser::focus(&first));
    let label = format!("Rename “{}”", now.name);
    let (begun, left) = (now.clone(), now.id.clone());
    Effect::new(move |_| renamed.update(|renamed| renamed.push(begun.clone())));
    on_cleanup(move || {
        renamed.try_update(|renamed| renamed.retain(|outcome| outcome.id != left));
    });
    // Nothing once it was removed.
    let (id, before) = (now.id.clone(), now.name.clone());
    let current = Memo::new(move |_| {
        data.with(|data| {
            data.choice.outcomes.iter().find(|outcome| outcome.id == id).map(|outcome| outcome.name.clone())
        })
    });
    let note = Memo::new(move |_| current.with(|current| meanwhile(&before, current.as_deref())));
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let (id, typed, seen) = (now.id.clone(), name.get_untracked(), current.get_untracked());
        let request = {
            let (id, typed) = (id.clone(), typed.clone());
            async move {
                let answer = match seen {
                    Some(seen) => outcome_rename(id, seen, typed).await,
                    None => outcome_add(typed).await,
                };
                // A colleague was faster: the next read says what they did.
                if matches!(answer, Err(ApiError::Conflict(_) | ApiError::NotFound)) {
                    refresh.mark();
                }
                answer
            }
        };
        submit.run(request, move |()| {
            data.try_update(|data| {
                if let Some(outcome) = data.choice.outcomes.iter_mut().find(|outcome| outcome.id == id) {
                    outcome.name = typed.trim().to_owned();
                }
            });
            refresh.mark();
            row.leave();
        });
    };
    view! {
        <form class="form" aria-label=label on:submit=save>
            <TextField id=field label="Name" text=submit.text(name).checked(fault)/>
            <p class="hint" role="status" hidden=move || note.with(Option::is_none)>{move || note.get()}</p>
            <FieldError text=submit.error/>
            <div class="actions end">
                <button class="btn" type="button" on:click=move |_| row.leave()>"Cancel"</button>
                <SubmitButton submit label="Save" busy="Saving…"/>
            </div>
        </form>
    }
}

#[component]
fn AddOutcome(refresh: RefreshTrigger) -> impl IntoView {
    let (submit, name) = (Submit::in_form(), RwSignal::new(String::new()));
    let blocked = move || name.with(|name| name.trim().is_empty());
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        let sent = name.get_untracked();
        submit.run(outcome_add(sent.clone()), move |()| {
            // A name that was typed meanwhile stays.
            name.try_update(|typed| {
                if *typed == sent {
                    typed.clear();
                }
            });
            refresh.mark();
            browser::focus(NEW);
        });
    };
    view! {
        <form class="add" aria-label="New outcome" on:submit=add>
            <TextField id=NEW label="Name" text=submit.text(name).checked(fault)/>
            <SubmitButton submit label="Add" busy="Adding…" blocked=Signal::derive(blocked)/>
            <FieldError text=submit.error/>
        </form>
    }
}

/// What a colleague did to an outcome since it was called `before`.
fn meanwhile(before: &str, current: Option<&str>) -> Option<String> {
    match current {
        Some(current) if current == before => None,
        Some(current) => {
            Some(format!("A colleague renamed it to “{current}” while you were editing. Save replaces that."))
        }
        None => Some("A colleague removed it while you were editing. Save adds it again with this name.".to_owned()),
    }
}

/// What is wrong with a name by itself. Whether it is in use is the server's answer.
fn fault(name: &str) -> Option<String> {
    name_fault(name, [])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_colleague_did_to_the_name_is_said() {
        assert_eq!(meanwhile("Solved", Some("Solved")), None);
        assert!(meanwhile("Solved", Some("Done")).is_some_and(|words| words.contains("renamed it to “Done”")));
        assert!(meanwhile("Solved", None).is_some_and(|words| words.contains("removed it")));
    }
}
