//! A text with WhatsApp's formatting and with links, as the customer sees it.
//!
//! `<FormattedText body=text/>` within an element that keeps line breaks (`white-space: pre-wrap`).

use leptos::prelude::*;

use crate::domain::formatting::{self, BlockKind, Inline, InlineStyle, TextBlock, TextLine};

#[component]
pub fn FormattedText(body: String) -> AnyView {
    formatting::parse(&body).into_iter().map(block).collect::<Vec<_>>().into_any()
}

fn block(block: TextBlock<'_>) -> AnyView {
    let TextBlock { kind, lines } = block;
    match kind {
        BlockKind::Paragraph => broken(lines).into_any(),
        BlockKind::Quote => view! { <blockquote class="quoted" dir="auto">{broken(lines)}</blockquote> }.into_any(),
        BlockKind::Bullets => {
            let lines: Vec<_> =
                lines.into_iter().map(|line| view! { <li dir="auto">{pieces(line.content)}</li> }).collect();
            view! { <ul class="points">{lines}</ul> }.into_any()
        }
        BlockKind::Numbers => {
            let lines: Vec<_> = lines
                .into_iter()
                .map(|line| {
                    let number = line.number().map(|number| number.to_string());
                    view! { <li value=number dir="auto">{pieces(line.content)}</li> }
                })
                .collect();
            view! { <ol class="points">{lines}</ol> }.into_any()
        }
    }
}

/// Lines with the breaks between them.
fn broken(lines: Vec<TextLine<'_>>) -> Vec<AnyView> {
    let mut out = Vec::new();
    for (at, line) in lines.into_iter().enumerate() {
        if at > 0 {
            out.push("\n".into_any());
        }
        out.extend(pieces(line.content));
    }
    out
}

fn pieces(content: Vec<Inline<'_>>) -> Vec<AnyView> {
    content.into_iter().map(piece).collect()
}

fn piece(piece: Inline<'_>) -> AnyView {
    match piece {
        Inline::Text(text) => text.to_owned().into_any(),
        Inline::Styled { style, content, .. } => {
            let content = pieces(content);
            match style {
                InlineStyle::Bold => view! { <strong>{content}</strong> }.into_any(),
                InlineStyle::Italic => view! { <em>{content}</em> }.into_any(),
                InlineStyle::Struck => view! { <s>{content}</s> }.into_any(),
            }
        }
        Inline::Code { text, .. } => view! { <code>{text.to_owned()}</code> }.into_any(),
        Inline::Link { text, href } => link(text.to_owned(), href),
        Inline::Override(control) => {
            let name: String = control.chars().map(|c| format!("U+{:04X}", u32::from(c))).collect();
            view! { <span class="hidden-mark" title="Hidden mark that reverses the text after it">{name}</span> }
                .into_any()
        }
    }
}

/// Isolated, so that the text around an address cannot change the order of its parts.
fn link(text: String, href: String) -> AnyView {
    if formatting::is_web(&href) {
        view! { <a href=href target="_blank" rel="noopener noreferrer nofollow" dir="ltr">{text}</a> }.into_any()
    } else {
        view! { <a href=href dir="ltr">{text}</a> }.into_any()
    }
}
