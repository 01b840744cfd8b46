//! The form of a question.

use leptos::prelude::*;

use super::{
    fields::{FormContext, Lens, SelectField, Shape, TextField, text_lens},
    list_field::{ListField, list_lens},
};
use crate::{
    domain::{
        flow::{
            definition::{Choice, Expect, Question, StepKind},
            words,
        },
        time::Span,
    },
    ui::{flow_editor::state::fresh, kit::FocusOrder},
};

const KINDS: [&str; 7] = ["text", "choice", "number", "email", "phone", "date", "pattern"];

fn kind_of(expect: &Expect) -> &'static str {
    match expect {
        Expect::Text => "text",
        Expect::Number { .. } => "number",
        Expect::Email => "email",
        Expect::Phone => "phone",
        Expect::Date => "date",
        Expect::Choice { .. } => "choice",
        Expect::Pattern { .. } => "pattern",
    }
}

fn blank(kind: &str) -> Expect {
    match kind {
        "number" => Expect::Number { min: None, max: None },
        "email" => Expect::Email,
        "phone" => Expect::Phone,
        "date" => Expect::Date,
        "choice" => Expect::Choice { options: vec![option()] },
        "pattern" => Expect::Pattern { pattern: String::new(), example: String::new() },
        _ => Expect::Text,
    }
}

fn option() -> Choice {
    Choice { id: fresh().0, ..Choice::default() }
}

fn question(act: &mut StepKind) -> Option<&mut Question> {
    if let StepKind::Question(question) = act { Some(question) } else { None }
}

fn of(act: &StepKind) -> Option<&Question> {
    if let StepKind::Question(question) = act { Some(question) } else { None }
}

fn expected(act: &StepKind) -> Option<&Expect> {
    of(act).map(|question| &question.expect)
}

/// Parses a span as an admin types it: `90`, `2 min`, `1 h`. Empty is `None`.
pub fn span_of(typed: &str) -> Option<Span> {
    let typed = typed.trim().to_lowercase();
    let digits: String = typed.chars().take_while(char::is_ascii_digit).collect();
    let number: i64 = digits.parse().ok()?;
    let unit = match typed[digits.len()..].trim() {
        "" | "s" | "sec" | "seconds" => Span::seconds(1),
        "m" | "min" | "minutes" => Span::minutes(1),
        "h" | "hours" | "hour" => Span::hours(1),
        "d" | "days" | "day" => Span::days(1),
        _ => return None,
    };
    number.checked_mul(unit.millis()).map(Span)
}

/// A span as text, in its largest whole unit.
pub fn span_words(span: Span) -> String {
    let units = [(Span::days(1), "d"), (Span::hours(1), "h"), (Span::minutes(1), "min")];
    let whole = units.into_iter().find(|(unit, _)| span.millis() > 0 && span.millis() % unit.millis() == 0);
    whole.map_or_else(
        || format!("{} s", span.millis() / 1_000),
        |(unit, word)| format!("{} {word}", span.millis() / unit.millis()),
    )
}

#[component]
pub fn QuestionForm(form: FormContext) -> impl IntoView {
    let text = text_lens!(StepKind::Question(question) => question.text);
    let variable = text_lens!(StepKind::Question(question) => question.variable);
    let retry_text = text_lens!(StepKind::Question(question) => question.retry_text);
    let expect = Lens::new(
        |act| of(act).map(|question| kind_of(&question.expect).to_owned()).unwrap_or_default(),
        |act, chosen| {
            if let Some(question) = question(act)
                && kind_of(&question.expect) != chosen
            {
                question.expect = blank(&chosen);
            }
        },
    );
    let retries = Lens::new(
        |act| of(act).map(|question| question.retries.to_string()).unwrap_or_default(),
        |act, chosen| {
            if let (Some(question), Ok(retries)) = (question(act), chosen.parse()) {
                question.retries = retries;
            }
        },
    );
    let patience = Lens::new(
        |act| of(act).and_then(|question| question.patience).map(span_words).unwrap_or_default(),
        |act, chosen| {
            if let Some(question) = question(act) {
                question.patience = span_of(&chosen);
            }
        },
    );
    let kinds: Vec<_> =
        KINDS.into_iter().map(|kind| (kind.to_owned(), words::expected(&blank(kind)).to_owned())).collect();
    let times = |n: usize| match n {
        0 => "do not ask again".to_owned(),
        1 => "ask 1 more time".to_owned(),
        n => format!("ask {n} more times"),
    };
    let tries: Vec<_> = (0..=5).map(|n| (n.to_string(), times(n))).collect();
    let waits = Signal::derive(move || {
        let mut waits: Vec<Span> = [5, 15, 60, 240, 1_380].map(Span::minutes).into_iter().collect();
        // An imported value must be shown and kept.
        if let Some(own) = form.read(|act| of(act).and_then(|question| question.patience))
            && !waits.contains(&own)
        {
            waits.push(own);
            waits.sort_unstable();
        }
        let mut options = vec![(String::new(), "no limit".to_owned())];
        options.extend(waits.into_iter().map(|wait| (span_words(wait), span_words(wait))));
        options
    });
    let reads = Signal::derive(move || {
        read_words(&form.read(|act| of(act).map(|question| question.variable.clone()).unwrap_or_default()))
    });
    let kind =
        Memo::new(move |_| form.read(|act| of(act).map(|question| kind_of(&question.expect)).unwrap_or_default()));
    view! {
        <TextField form lens=text field="text" label="Question text" shape=Shape::Text focus=FocusOrder::First limit=4_096/>
        <TextField
            form
            lens=variable
            field="variable"
            label="Save answer as"
            shape=Shape::Code
            placeholder="order_number"
            hint=reads
        />
        <SelectField form lens=expect field="expect" label="Answer type" options=kinds/>
        {move || match kind.get() {
            "number" => view! { <Bounds form/> }.into_any(),
            "choice" => view! { <Options form/> }.into_any(),
            "pattern" => view! { <Pattern form/> }.into_any(),
            _ => ().into_any(),
        }}
        <div class="pair">
            <SelectField form lens=retries field="retries" label="On invalid answer" options=tries/>
            <SelectField form lens=patience field="patience" label="Wait for answer" options=waits/>
        </div>
        <TextField
            form
            lens=retry_text
            field="retry_text"
            label="Retry message"
            shape=Shape::Text
            hint="Leave empty to repeat the question."
        />
    }
}

/// How later steps read the answer that is saved as `variable`.
fn read_words(variable: &str) -> String {
    match variable.trim() {
        "" => "Later steps read the answer by this name.".to_owned(),
        name => format!("Later steps read it as {{{{ {name} }}}}."),
    }
}

#[component]
fn Bounds(form: FormContext) -> impl IntoView {
    fn words(bound: Option<f64>) -> String {
        bound.map(|bound| bound.to_string()).unwrap_or_default()
    }
    fn bound(typed: &str) -> Option<f64> {
        typed.trim().replace(',', ".").parse().ok().filter(|bound: &f64| bound.is_finite())
    }
    let least = Lens::new(
        |act| if let Some(Expect::Number { min, .. }) = expected(act) { words(*min) } else { String::new() },
        |act, typed| {
            if let Some(Question { expect: Expect::Number { min, .. }, .. }) = question(act) {
                *min = bound(&typed);
            }
        },
    );
    let most = Lens::new(
        |act| if let Some(Expect::Number { max, .. }) = expected(act) { words(*max) } else { String::new() },
        |act, typed| {
            if let Some(Question { expect: Expect::Number { max, .. }, .. }) = question(act) {
                *max = bound(&typed);
            }
        },
    );
    view! {
        <div class="pair">
            <BoundField form lens=least field="min" label="At least"/>
            <BoundField form lens=most field="max" label="At most"/>
        </div>
    }
}

/// A number field that is parsed when it is left, because an unfinished number (`-`, `1.`) is invalid.
#[component]
fn BoundField(form: FormContext, lens: Lens, field: &'static str, label: &'static str) -> impl IntoView {
    let value = Memo::new({
        let lens = lens.clone();
        move |_| form.read(|act| lens.read(act))
    });
    view! {
        <label class="field">
            <span>{label}</span>
            <input
                name=field
                inputmode="decimal"
                autocomplete="off"
                value=value.get_untracked()
                prop:value=move || value.get()
                on:change:target=move |event| {
                    let typed = event.target().value();
                    form.change(|act| lens.write(act, typed));
                    event.target().set_value(&value.get_untracked());
                }
            />
        </label>
    }
}

#[component]
fn Options(form: FormContext) -> impl IntoView {
    let list = list_lens!(StepKind::Question(Question { expect: Expect::Choice { options }, .. }) => *options, option);
    let draw = move |n: usize| {
        let title = text_lens!(
            StepKind::Question(Question { expect: Expect::Choice { options }, .. }) => options, n, title
        );
        let about = text_lens!(
            StepKind::Question(Question { expect: Expect::Choice { options }, .. }) => options, n, description
        );
        view! {
            <TextField form lens=title field=format!("expect.options.{n}.title") label=format!("Option {}", n + 1) limit=24/>
            <TextField form lens=about field=format!("expect.options.{n}.description") label="Description" limit=72/>
        }
    };
    view! {
        <ListField
            form
            list
            noun="Option"
            legend="Options"
            hint="Up to three short ones become buttons, more become a list. Each has its own branch; removing an option removes its steps."
            most=10
            draw
        />
    }
}

#[component]
fn Pattern(form: FormContext) -> impl IntoView {
    let pattern = text_lens!(StepKind::Question(Question { expect: Expect::Pattern { pattern, .. }, .. }) => *pattern);
    let example = text_lens!(StepKind::Question(Question { expect: Expect::Pattern { example, .. }, .. }) => *example);
    view! {
        <div class="pair">
            <TextField
                form
                lens=pattern
                field="expect.pattern"
                label="Pattern"
                shape=Shape::Code
                placeholder="[A-Z]{2}[0-9]{6}"
                hint="A regular expression that the whole answer must match."
            />
            <TextField form lens=example field="expect.example" label="Example answer" shape=Shape::Code placeholder="AB123456"/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_they_are_written() {
        for span in [Span::seconds(90), Span::minutes(5), Span::hours(4), Span::days(1)] {
            assert_eq!(span_of(&span_words(span)), Some(span), "{}", span_words(span));
        }
        assert_eq!(
            (span_of("90"), span_of("2 min"), span_of("soon"), span_of("")),
            (Some(Span::seconds(90)), Some(Span::minutes(2)), None, None)
        );
    }

    #[test]
    fn every_kind_of_answer_can_be_chosen() {
        for kind in KINDS {
            assert_eq!(kind_of(&blank(kind)), kind);
        }
    }
}
