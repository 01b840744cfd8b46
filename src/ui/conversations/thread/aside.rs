//! The context of a message: its sender in a group, the product it asks about, WhatsApp's summary, and why a part of it
//! is missing.

use leptos::prelude::*;

use crate::domain::message::{CUT, MessageContext, Product};

/// The parts above the content.
#[component]
pub fn Above(context: MessageContext) -> impl IntoView {
    let MessageContext { sender, product, summary, .. } = context;
    view! {
        {sender
            .map(|sender| {
                view! {
                    <div class="who">
                        <span dir="auto">{sender}</span>
                    </div>
                }
            })}
        {summary
            .map(|words| {
                view! {
                    <div class="quote">
                        <b>"WhatsApp's summary of the earlier conversation"</b>
                        <span dir="auto">{words}</span>
                    </div>
                }
            })}
        {product.map(|product| view! { <ProductCard product/> })}
    }
}

/// The parts below the content.
#[component]
pub fn Below(context: MessageContext) -> impl IntoView {
    context.missing.map(|words| {
        let source = (words != CUT).then_some("Not all of it arrived: ");
        view! {
            <span class="footer">
                {source} <span dir="auto">{words}</span>
            </span>
        }
    })
}

#[component]
fn ProductCard(product: Product) -> impl IntoView {
    let Product { catalog, id } = product;
    view! {
        <div class="quote">
            <b>"Asked about a product"</b>
            {id.map(|id| view! { <span dir="auto">{format!("Product {id}")}</span> })}
            {catalog.map(|catalog| view! { <span dir="auto">{format!("Catalog {catalog}")}</span> })}
        </div>
    }
}
