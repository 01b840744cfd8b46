//! Blocks the customer, with a reason, and unblocks them; what WhatsApp answered.

use leptos::prelude::*;

use super::super::thread::state::ThreadState;
use crate::{
    api::conversation::{block, unblock},
    contract::Result,
    domain::{
        block::{BlockReason, BlockState, CustomerBlock},
        desk::{ItemBody, Tone},
    },
    ui::{
        format::TimeStyle,
        kit::{Menu, Submit},
        local_time::LocalTime,
    },
};

#[component]
pub fn CustomerBlocking() -> impl IntoView {
    let open = ThreadState::expect();
    let submit = Submit::with_toasts();
    reread_after_blocks(open);
    let press = move |request| send(open, submit, request);
    move || {
        let is_blocked = open.customer.with(|customer| customer.blocked);
        let known = open.customer.with(|customer| customer.block.clone());
        let note = known.clone().map(|block| view! { <BlockNote block/> });
        let refused = known.filter(|block| is_blocked && block.state == BlockState::Refused);
        let again = refused.map(|refused| {
            let reason = refused.reason;
            let again = move |_| press(Request::Block(reason));
            view! { <button type="button" class="btn ghost" on:click=again>"Try again"</button> }
        });
        let act = if is_blocked {
            let undo = move |_| press(Request::Unblock);
            view! { <button type="button" class="btn" on:click=undo>"Unblock"</button> }.into_any()
        } else {
            let reason = move |reason: BlockReason| {
                let pick = move |_| press(Request::Block(reason));
                view! { <button type="button" on:click=pick>{reason.label()}</button> }
            };
            view! {
                <Menu summary=|| "Block customer" summary_class="btn ghost">
                    {BlockReason::ALL.into_iter().map(reason).collect_view()}
                </Menu>
            }
            .into_any()
        };
        view! {
            <div class="blocking">
                {note}
                {act}
                {again}
            </div>
        }
    }
}

#[component]
fn BlockNote(block: CustomerBlock) -> impl IntoView {
    let by = block.is_on.then(|| {
        let (reason, by, at) = (block.reason.label(), block.by.clone(), block.at);
        view! {
            <b>"Blocked: " {reason}</b>
            " by " <bdi>{by}</bdi> ", " <LocalTime at style=TimeStyle::Row/> ". "
        }
    });
    view! { <p>{by} {block.answer()}</p> }
}

#[derive(Clone, Copy)]
enum Request {
    Block(BlockReason),
    Unblock,
}

fn send(open: ThreadState, submit: Submit, request: Request) {
    let id = open.id();
    let call = async move {
        match request {
            Request::Block(reason) => block(id, reason).await,
            Request::Unblock => unblock(id).await,
        }
    };
    submit.run_as((), call, move |done: Result<()>| {
        if let Err(error) = done {
            open.app.show_error(&error);
        }
        if !open.row.is_disposed() {
            open.reread();
        }
    });
}

/// Reads the customer again when a line about a block arrives, because frames carry no customers.
fn reread_after_blocks(open: ThreadState) {
    let newest = Memo::new(move |_| {
        let is_block = |body: &ItemBody| matches!(body, ItemBody::Line(line) if line.tone == Tone::Block);
        open.slots.with(|slots| {
            let mut newest_first = slots.iter().rev();
            let found = newest_first.find(|slot| slot.item.with_untracked(|item| is_block(&item.body)));
            found.map(|slot| slot.key.clone())
        })
    });
    Effect::new(move |before: Option<Option<String>>| {
        let now = newest.get();
        if before.is_some_and(|before| before != now) {
            open.reread();
        }
        now
    });
}
