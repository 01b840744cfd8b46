//! Ratings: the question after a close with its three buttons, and what a tapped button or a typed answer says.
//!
//! Whether the question is asked and which answers count is decided in `conversation::rating`. Rates belong to
//! `handoff::metrics`. To add a way to answer: its reading here, and its place in
//! `server/conversations/receive/rating.rs`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    content::Content,
    ids::HandoffId,
    interpolation::{ClosingValues, InterpolationFault, closing_message},
    message::{
        interactive::{InteractiveMessage, ReplyOption},
        limits::{BODY, BUTTON_TITLE},
    },
    number::too_long,
    outcome::is_same,
    quiet,
};

/// The longest question, in characters: a closing message has to fit above it.
pub const QUESTION_LIMIT: usize = 200;

/// How a customer rates a handoff: 3 is the best, 1 the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Score(i64);

/// A number that is no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a score")]
pub struct UnknownScore(pub i64);

impl Score {
    /// Best first, as the buttons are.
    pub const ALL: [Self; 3] = [Self(3), Self(2), Self(1)];

    pub const fn value(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Score {
    type Error = UnknownScore;

    fn try_from(value: i64) -> Result<Self, UnknownScore> {
        Self::ALL.into_iter().find(|score| score.0 == value).ok_or(UnknownScore(value))
    }
}

impl From<Score> for i64 {
    fn from(score: Score) -> Self {
        score.0
    }
}

/// `3 of 3`
impl fmt::Display for Score {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} of {}", self.0, Self::ALL.len())
    }
}

/// Whether customers are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingRule {
    #[default]
    Off,
    /// After a close by an agent.
    AfterClose,
}

/// A tenant's question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RatingSettings {
    pub rule: RatingRule,
    /// May use the variables of a closing message.
    pub question: String,
    /// The titles of the buttons.
    pub best: String,
    pub middle: String,
    pub worst: String,
}

impl Default for RatingSettings {
    /// No title is a word with which people acknowledge a goodbye: typed, it would be counted.
    fn default() -> Self {
        Self {
            rule: RatingRule::default(),
            question: "How was our help?".to_owned(),
            best: "Great".to_owned(),
            middle: "So-so".to_owned(),
            worst: "Not good".to_owned(),
        }
    }
}

impl RatingSettings {
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The titles with their scores, best first.
    fn options(&self) -> [(Score, &str); 3] {
        let [best, middle, worst] = Score::ALL;
        [(best, self.best.trim()), (middle, self.middle.trim()), (worst, self.worst.trim())]
    }

    /// The same without spaces around the texts.
    pub fn trimmed(self) -> Self {
        let trimmed = |text: String| text.trim().to_owned();
        Self {
            rule: self.rule,
            question: trimmed(self.question),
            best: trimmed(self.best),
            middle: trimmed(self.middle),
            worst: trimmed(self.worst),
        }
    }

    /// The question as the customer reads it.
    ///
    /// # Errors
    /// [`InterpolationFault`] if it is not a valid template.
    pub fn filled(&self, values: &ClosingValues<'_>) -> Result<String, InterpolationFault> {
        Ok(closing_message(&self.question, values)?.trim().to_owned())
    }

    /// The question about `handoff`. A goodbye is the beginning of its text, because each message may cost the tenant.
    /// `None` if the question is empty, or if both are longer than the text of one message with buttons.
    ///
    /// # Errors
    /// As [`Self::filled`].
    pub fn message(
        &self,
        handoff: &HandoffId,
        goodbye: Option<&str>,
        values: &ClosingValues<'_>,
    ) -> Result<Option<InteractiveMessage>, InterpolationFault> {
        let question = self.filled(values)?;
        if question.is_empty() {
            return Ok(None);
        }
        let body = match goodbye {
            Some(goodbye) => format!("{goodbye}\n\n{question}"),
            None => question,
        };
        let button = |(score, title): (Score, &str)| ReplyOption {
            payload: payload(handoff, score),
            title: title.to_owned(),
            ..ReplyOption::default()
        };
        let buttons = self.options().into_iter().map(button).collect();
        let fits = body.chars().count() <= BODY;
        Ok(fits.then_some(InteractiveMessage::Buttons { body, buttons }))
    }
}

/// Why the question or its buttons cannot be saved, for the admin.
pub fn rating_fault(settings: &RatingSettings) -> Option<String> {
    let question = settings.question.trim();
    if question.is_empty() {
        return Some("Enter a question, for example “How was our help?”.".to_owned());
    }
    let length = question.chars().count();
    if length > QUESTION_LIMIT {
        return Some(too_long("question", QUESTION_LIMIT, length));
    }
    let [best, middle, worst] = settings.options().map(|(_, title)| title);
    for title in [best, middle, worst] {
        let length = title.chars().count();
        if length == 0 {
            return Some("Enter a text for each button.".to_owned());
        }
        if length > BUTTON_TITLE {
            return Some(format!(
                "A button can have up to {BUTTON_TITLE} characters; “{title}” has {length}. Shorten it."
            ));
        }
    }
    let is_ambiguous = is_same(best, middle) || is_same(middle, worst) || is_same(best, worst);
    is_ambiguous.then(|| "Give each button a different text.".to_owned())
}

/// Stored in the messages, so it must never change.
const PREFIX: &str = "rating:";

fn payload(handoff: &HandoffId, score: Score) -> String {
    format!("{PREFIX}{handoff}:{}", score.value())
}

/// What a tapped button says. Whether this customer was asked about that handoff is the server's knowledge.
pub fn tapped(payload: &str) -> Option<(HandoffId, Score)> {
    let (handoff, score) = payload.strip_prefix(PREFIX)?.rsplit_once(':')?;
    let score = Score::try_from(score.parse::<i64>().ok()?).ok()?;
    Some((HandoffId::from(handoff), score))
}

/// What a typed text says about `question`, which was the last message: the title of one of its buttons, however it is
/// spelled. With a question mark it is a question.
pub fn typed(question: &Content, text: &str) -> Option<(HandoffId, Score)> {
    let Content::InteractiveSent(InteractiveMessage::Buttons { buttons, .. }) = question else { return None };
    let names = |title: &str| title == text.trim() || (!quiet::asks(text) && is_same(title, text));
    let named = buttons.iter().find(|button| names(&button.title))?;
    tapped(&named.payload)
}

/// Whether a message may be an answer: a button with our payload, or a text that is short enough to be a title.
pub fn may_answer(content: &Content) -> bool {
    match content {
        Content::ButtonReply { id, .. } => tapped(id).is_some(),
        // With punctuation or an emoji it still is a title.
        Content::Text { body } => body.trim().chars().count() <= 2 * BUTTON_TITLE,
        Content::Image { .. }
        | Content::Video { .. }
        | Content::Audio { .. }
        | Content::Document { .. }
        | Content::Sticker { .. }
        | Content::Location { .. }
        | Content::Contacts { .. }
        | Content::ListReply { .. }
        | Content::FormReply { .. }
        | Content::CallPermission { .. }
        | Content::InteractiveMissing
        | Content::TemplateButton { .. }
        | Content::Reaction { .. }
        | Content::Order { .. }
        | Content::Unsupported { .. }
        | Content::Edit { .. }
        | Content::Revoke { .. }
        | Content::RequestWelcome
        | Content::Template { .. }
        | Content::TemplateSent(_)
        | Content::Interactive { .. }
        | Content::InteractiveSent(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: ClosingValues<'_> =
        ClosingValues { customer_name: "Maria Costa", agent_name: "Ana", tenant_name: "Acme" };

    fn asked(settings: &RatingSettings, goodbye: Option<&str>) -> Option<InteractiveMessage> {
        settings.message(&"hof_1".into(), goodbye, &VALUES).expect("a valid template")
    }

    #[test]
    fn a_goodbye_and_the_question_are_one_message() {
        let settings =
            RatingSettings { question: " How was {{ agent.name }}'s help? ".to_owned(), ..RatingSettings::default() };
        let body = |goodbye| asked(&settings, goodbye).map(|message| message.body().to_owned());
        assert_eq!(body(None).as_deref(), Some("How was Ana's help?"));
        assert_eq!(body(Some("Bye!")).as_deref(), Some("Bye!\n\nHow was Ana's help?"));
        let Some(InteractiveMessage::Buttons { buttons, .. }) = asked(&settings, None) else { panic!("buttons") };
        let buttons: Vec<_> = buttons.iter().map(|it| (it.title.as_str(), it.payload.as_str())).collect();
        let expected = [("Great", "rating:hof_1:3"), ("So-so", "rating:hof_1:2"), ("Not good", "rating:hof_1:1")];
        assert_eq!(buttons, expected);
    }

    #[test]
    fn a_goodbye_that_leaves_no_room_goes_without_a_question() {
        let settings = RatingSettings::default();
        let room = BODY - "\n\nHow was our help?".chars().count();
        assert!(asked(&settings, Some(&"é".repeat(room))).is_some());
        assert_eq!(asked(&settings, Some(&"é".repeat(room + 1))), None);
        let silent = RatingSettings { question: "{{ ' ' }}".to_owned(), ..settings };
        assert_eq!(asked(&silent, Some("Bye!")), None);
        let broken = RatingSettings { question: "{{ x }}".to_owned(), ..silent };
        assert!(broken.message(&"hof_1".into(), None, &VALUES).is_err());
    }

    #[test]
    fn a_tap_says_handoff_and_score() {
        for score in Score::ALL {
            assert_eq!(tapped(&payload(&"hof_1".into(), score)), Some(("hof_1".into(), score)));
        }
        for other in ["rating:hof_1:4", "rating:hof_1:0", "rating:hof_1", "rating:", "yes", "", "Rating:hof_1:3"] {
            assert_eq!(tapped(other), None, "{other}");
        }
    }

    #[test]
    fn a_typed_title_is_an_answer_and_a_question_is_none() {
        let question = Content::InteractiveSent(asked(&RatingSettings::default(), None).expect("fits"));
        let said = |text: &str| typed(&question, text).map(|(_, score)| score.value());
        for (text, score) in [("Great", 3), (" great! ", 3), ("SO-SO", 2), ("not good", 1), ("Great 👍", 3)] {
            assert_eq!(said(text), Some(score), "{text}");
            assert!(may_answer(&Content::Text { body: text.to_owned() }), "{text}");
        }
        for text in ["Great?", "not great", "Great, but my parcel is missing", "3", ""] {
            assert_eq!(said(text), None, "{text}");
        }
        assert_eq!(typed(&Content::Text { body: "Great".to_owned() }, "Great"), None);
        assert!(may_answer(&Content::Text { body: "x".repeat(2 * BUTTON_TITLE) }));
        assert!(!may_answer(&Content::Text { body: "x".repeat(2 * BUTTON_TITLE + 1) }));
        let tap = |id: &str| Content::ButtonReply { id: id.to_owned(), title: "Great".to_owned() };
        assert!(may_answer(&tap("rating:hof_1:3")) && !may_answer(&tap("yes")));
    }

    #[test]
    fn a_question_and_its_buttons_are_short_and_differ() {
        assert_eq!(rating_fault(&RatingSettings::default()), None);
        let with = |change: fn(&mut RatingSettings)| {
            let mut settings = RatingSettings::default();
            change(&mut settings);
            rating_fault(&settings)
        };
        assert_eq!(with(|it| it.question = "ü".repeat(QUESTION_LIMIT)), None);
        assert_eq!(with(|it| it.best = "ü".repeat(BUTTON_TITLE)), None);
        assert_eq!(with(|it| (it.best, it.worst) = ("👍".to_owned(), "👎".to_owned())), None);
        let faults: [fn(&mut RatingSettings); 7] = [
            |it| it.question = " ".to_owned(),
            |it| it.question = "ü".repeat(QUESTION_LIMIT + 1),
            |it| it.middle = " ".to_owned(),
            |it| it.worst = "ü".repeat(BUTTON_TITLE + 1),
            |it| it.worst = " great!".to_owned(),
            |it| it.middle = "GREAT".to_owned(),
            |it| it.middle = "not good!".to_owned(),
        ];
        for fault in faults {
            assert!(with(fault).is_some());
        }
        let spaced = RatingSettings { best: " Great ".to_owned(), ..RatingSettings::default() };
        assert!(spaced.trimmed().is_default());
    }

    #[test]
    fn a_score_is_stored_as_its_number() {
        assert_eq!(serde_json::to_string(&Score::ALL).expect("is JSON"), "[3,2,1]");
        assert_eq!(serde_json::from_str::<Score>("2").expect("a score"), Score::ALL[1]);
        assert!(serde_json::from_str::<Score>("4").is_err_and(|error| error.to_string().contains("4 is not a score")));
        assert_eq!(Score::ALL[0].to_string(), "3 of 3");
        let settings = RatingSettings { rule: RatingRule::AfterClose, ..RatingSettings::default() };
        let json = r#"{"rule":"after_close","question":"How was our help?","best":"Great","middle":"So-so","worst":"Not good"}"#;
        assert_eq!(serde_json::to_string(&settings).expect("is JSON"), json);
    }

    #[test]
    fn texts_are_stored_without_the_spaces_around_them() {
        let spaced = RatingSettings {
            rule: RatingRule::AfterClose,
            question: " Well? ".to_owned(),
            best: " Yes".to_owned(),
            middle: "Fairly ".to_owned(),
            worst: " No ".to_owned(),
        };
        let expected = ["Well?", "Yes", "Fairly", "No"];
        let trimmed = spaced.trimmed();
        assert_eq!(
            [&trimmed.question, &trimmed.best, &trimmed.middle, &trimmed.worst],
            expected.map(|it| it).each_ref()
        );
        assert_eq!(trimmed.rule, RatingRule::AfterClose);
        assert!(!trimmed.is_default() && RatingSettings::default().is_default());
    }
}
