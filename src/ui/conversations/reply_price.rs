//! What the next reply to a customer costs, quietly beside *Send*. It is drawn by the extras, and only where a reply can be
//! written, so nothing waits for it.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::cost::read_next_price,
    domain::{ids::ConversationId, report::cost::next::NextPrice},
    ui::browser::clear_timer,
};

/// How long after a reply was sent the price is read again: WhatsApp tells it with the delivery.
const TOLD_AFTER: Duration = Duration::from_secs(3);

/// The conversation of the reply, and how many replies are being sent.
#[derive(Clone, Copy)]
pub struct PricedReply {
    conversation: StoredValue<ConversationId>,
    sending: Memo<usize>,
}

impl PricedReply {
    pub fn new(conversation: ConversationId, sending: Memo<usize>) -> Self {
        Self { conversation: StoredValue::new(conversation), sending }
    }
}

#[component]
pub fn ReplyPrice(next: PricedReply) -> impl IntoView {
    let price = RwSignal::new(None::<NextPrice>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<usize>| {
        let now = next.sending.get();
        match before {
            None => read(next, price),
            Some(before) if now < before => {
                clear_timer(timer);
                timer.set_value(set_timeout_with_handle(move || read(next, price), TOLD_AFTER).ok());
            }
            Some(_) => {}
        }
        now
    });
    on_cleanup(move || clear_timer(timer));
    let words = Memo::new(move |_| price.with(|price| price.as_ref().map(NextPrice::words)));
    // With the words, which a narrow composer cuts off.
    let title =
        move || words.with(|words| words.as_ref().map(|words| format!("The price of your next message: {words}")));
    view! {
        <span class="price" title=title>
            {words}
        </span>
    }
}

fn read(next: PricedReply, price: RwSignal<Option<NextPrice>>) {
    let Some(conversation) = next.conversation.try_get_value() else { return };
    spawn_local(async move {
        // Without an answer the last one stays, and the reply can be written all the same.
        if let Ok(found) = read_next_price(conversation).await {
            price.try_set(Some(found));
        }
    });
}
