//! One saved reply: its values, its form, its removal.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    COLUMNS, Replies,
    fields::{NEW_NAME, ReplyFields, TypedReply},
};
use crate::{
    api::saved_reply::{saved_reply_add, saved_reply_change, saved_reply_remove},
    contract::ApiError,
    domain::{
        saved_reply::{ReplyScope, SavedReply, search::ListedReply},
        text::{clip, one_line},
    },
    ui::{
        browser,
        components::file_count::FileCount,
        kit::{EditableRow, FieldError, RowControl, Submit, SubmitButton, language_name},
    },
};

/// How much of a text a row shows, in characters.
const EXCERPT: usize = 160;

#[component]
pub fn ReplyLine(replies: Replies, listed: Memo<ListedReply>) -> impl IntoView {
    let reply = Memo::new(move |_| listed.with(|listed| listed.reply.clone()));
    let (id, scope) = reply.with_untracked(|reply| (reply.id.clone(), reply.saved.scope));
    if scope == ReplyScope::Everyone && !untrack(|| replies.may_share()) {
        return view! { <tr><Cells reply/><td class="tight"></td></tr> }.into_any();
    }
    let row = RowControl::new(replies.refresh);
    let name = Signal::derive(move || reply.with(|reply| reply.saved.name.clone()));
    let effect = match scope {
        ReplyScope::Me => "Messages already sent with it don't change.",
        ReplyScope::Everyone => "Nobody can insert it anymore. Messages already sent with it don't change.",
    };
    let remove = move |()| {
        let id = id.clone();
        row.remove(saved_reply_remove(id.clone()), move || {
            replies.data.try_update(|data| {
                if let Some(data) = data {
                    data.replies.retain(|listed| listed.reply.id != id);
                }
            });
            browser::focus(NEW_NAME);
        });
    };
    view! {
        <EditableRow
            row
            columns=COLUMNS.len()
            noun="saved reply"
            name
            effect=Signal::stored(effect.to_owned())
            remove
            editor=move || view! { <ReplyEditor replies row now=listed.get_untracked()/> }
        >
            <Cells reply/>
        </EditableRow>
    }
    .into_any()
}

#[component]
fn Cells(reply: Memo<SavedReply>) -> impl IntoView {
    let tags = move || {
        let tags = reply.with(|reply| reply.saved.tags.clone());
        tags.into_iter().map(|tag| view! { " " <span class="tag n" dir="auto">{tag}</span> }).collect_view()
    };
    view! {
        <td>
            <b dir="auto">{move || reply.with(|reply| reply.saved.name.clone())}</b>
            {tags}
            {move || reply.with(|reply| view! { <FileCount files=reply.saved.files.clone()/> })}
            <div class="hint" dir="auto">{move || reply.with(|reply| clip(&one_line(&reply.saved.text), EXCERPT))}</div>
        </td>
        <td>{move || reply.with(|reply| reply.saved.scope.label())}</td>
        <td class="opt">
            {move || reply.with(|reply| reply.saved.language.as_deref().map_or_else(|| "any".to_owned(), language_name))}
        </td>
        <td class="num opt">{move || reply.with(|reply| reply.uses)}</td>
    }
}

/// The form of a reply. What a colleague did to it meanwhile is said above the button, and what was typed stays.
#[component]
fn ReplyEditor(replies: Replies, row: RowControl, now: ListedReply) -> impl IntoView {
    let typed = TypedReply::of(now.reply.saved.clone());
    let submit: Submit = typed.submit;
    let id = now.reply.id.clone();
    let label = format!("Edit “{}”", now.reply.saved.name);
    let prefix = id.to_string();
    let first = format!("{prefix}-name");
    request_animation_frame(move || browser::focus(&first));
    let (begun, left) = (now.clone(), id.clone());
    Effect::new(move |_| replies.edited.update(|edited| edited.push(begun.clone())));
    on_cleanup(move || {
        replies.edited.try_update(|edited| edited.retain(|listed| listed.reply.id != left));
    });
    // Nothing once it was removed.
    let wanted = id.clone();
    let current = Memo::new(move |_| {
        replies.with(|all| all.iter().find(|listed| listed.reply.id == wanted).map(|listed| listed.reply.clone()))
    });
    // The newest that the person has seen.
    let before = now.reply.revision;
    let seen = RwSignal::new(Some(now.reply));
    let note = Memo::new(move |_| current.with(|current| meanwhile(before, current.as_ref())));
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        if typed.is_refused() {
            return;
        }
        let newest = current.get_untracked();
        let revision = |reply: &Option<SavedReply>| reply.as_ref().map(|reply| reply.revision);
        if revision(&newest) != seen.with_untracked(revision) {
            seen.set(newest);
            submit.error.set(Some("See what changed, then save again.".to_owned()));
            return;
        }
        let (id, sent) = (id.clone(), typed.saved());
        let saved = sent.clone();
        let request = async move {
            let answer = match newest {
                Some(newest) => saved_reply_change(id, newest.revision, sent).await,
                None => saved_reply_add(sent).await,
            };
            // A colleague was faster: the next read says what they did.
            if matches!(answer, Err(ApiError::Conflict(_) | ApiError::NotFound)) {
                replies.refresh.mark();
            }
            answer
        };
        submit.run(request, move |()| {
            typed.was_saved(&saved);
            replies.refresh.mark();
            row.leave();
        });
    };
    view! {
        <form class="form" aria-label=label on:submit=save>
            <ReplyFields replies typed prefix/>
            <div class="hint lines" role="status" hidden=move || note.with(Option::is_none) dir="auto">
                {move || note.get()}
            </div>
            <FieldError text=submit.error/>
            <div class="actions end">
                <button class="btn" type="button" on:click=move |_| row.leave()>"Cancel"</button>
                <SubmitButton submit label="Save" busy="Saving…"/>
            </div>
        </form>
    }
}

/// What a colleague did to a reply since this revision.
fn meanwhile(before: i64, current: Option<&SavedReply>) -> Option<String> {
    match current {
        Some(current) if current.revision == before => None,
        Some(SavedReply { saved, .. }) => {
            let files: String = saved.files.iter().map(|file| format!("\nFile: {}", file.name)).collect();
            Some(format!(
                "Someone else changed this reply while you were editing. “{}” is now:\n{}{files}\nSaving replaces it.",
                saved.name, saved.text
            ))
        }
        None => Some("Someone else removed this reply while you were editing. Saving adds it again.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::saved_reply::SavedText;

    #[test]
    fn what_a_colleague_did_to_the_reply_is_said() {
        let saved = SavedText { name: "Hours".to_owned(), text: "From nine.".to_owned(), ..SavedText::default() };
        let reply = SavedReply { id: "srp_1".into(), saved, revision: 2, uses: 0, used_at: None };
        assert_eq!(meanwhile(2, Some(&reply)), None);
        assert!(meanwhile(1, Some(&reply)).is_some_and(|words| words.contains("“Hours” is now:\nFrom nine.")));
        assert!(meanwhile(2, None).is_some_and(|words| words.contains("removed this reply")));
    }
}
