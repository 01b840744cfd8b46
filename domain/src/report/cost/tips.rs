//! What would make messages cheaper, found in a tenant's own counts: notices that cost most, questions that could be buttons,
//! and lines sent within seconds that could be one message.
//!
//! A tip says how many messages it is about, and none is made of few. To add one: a variant of [`CostTip`], its counts in
//! [`TipCounts`], and its sentence.

use serde::{Deserialize, Serialize};

use super::{CostSum, list::CostPart};
use crate::{number::grouped, prices::Amount, report::facts::NoticeKind, text::folded, time::Span};

/// A tip is about this many messages at least.
pub const FEWEST: i64 = 20;
/// Messages of one sender to one customer that follow each other within this time could be one.
pub const TOGETHER: Span = Span::seconds(10);
/// A message has up to three buttons.
const MOST_BUTTONS: usize = 3;
/// A list has up to ten rows.
const MOST_ROWS: usize = 10;
/// The longest title of a row.
const TITLE_LIMIT: usize = 24;
/// How much of all answers the buttons must cover, in percent.
const COVERED: i64 = 80;
/// Of all messages, in percent, from which on a notice is worth a tip.
const NOTICE_SHARE: i64 = 10;

/// Who sends lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineSender {
    /// By name, as a flow.
    Agent(String),
    Flow(String),
    /// The bot without a flow.
    Bot,
}

/// How many lines followed the line before within [`TOGETHER`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCount {
    pub sender: LineSender,
    pub joinable: i64,
    /// All lines of this sender.
    pub lines: i64,
}

/// The answers that customers typed to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerCount {
    pub flow: String,
    pub question: String,
    /// How often each was typed, as far as they were read: the most frequent ones.
    pub answers: Vec<(String, i64)>,
    /// All answers.
    pub total: i64,
}

/// The counts of a month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TipCounts {
    pub total: CostSum,
    pub notices: Vec<(NoticeKind, CostSum)>,
    pub questions: Vec<AnswerCount>,
    pub lines: Vec<LineCount>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostTip {
    Notice {
        notice: NoticeKind,
        sum: CostSum,
    },
    Buttons {
        flow: String,
        question: String,
        /// What customers answer most, in their words.
        options: Vec<String>,
        /// How many of all answers these are.
        covered: i64,
        total: i64,
    },
    Join {
        sender: LineSender,
        joinable: i64,
        lines: i64,
    },
}

/// The tips of a month: the notice that costs most first, then lines and questions, each by how much they are about.
pub fn tips(counts: &TipCounts) -> Vec<CostTip> {
    let mut notices: Vec<_> = counts.notices.iter().filter(|(_, sum)| is_large(sum, &counts.total)).collect();
    notices.sort_by_key(|(_, sum)| std::cmp::Reverse((sum.amount, sum.messages())));
    let mut lines: Vec<_> = counts.lines.iter().filter(|count| count.joinable >= FEWEST).collect();
    lines.sort_by_key(|count| std::cmp::Reverse(count.joinable));
    let mut questions: Vec<_> = counts.questions.iter().filter_map(buttons).collect();
    questions.sort_by_key(|tip| match tip {
        CostTip::Buttons { total, .. } => std::cmp::Reverse(*total),
        CostTip::Notice { .. } | CostTip::Join { .. } => std::cmp::Reverse(0),
    });
    let notices = notices.into_iter().map(|(notice, sum)| CostTip::Notice { notice: *notice, sum: *sum });
    let lines = lines.into_iter().map(|count| CostTip::Join {
        sender: count.sender.clone(),
        joinable: count.joinable,
        lines: count.lines,
    });
    notices.chain(lines).chain(questions).collect()
}

fn is_large(sum: &CostSum, total: &CostSum) -> bool {
    sum.messages() >= FEWEST && sum.messages() * 100 >= total.messages() * NOTICE_SHARE
}

/// The tip of a question whose answers are mostly the same few.
fn buttons(question: &AnswerCount) -> Option<CostTip> {
    if question.total < FEWEST {
        return None;
    }
    // Spellings of one answer are one, under the most frequent of them.
    let mut answers: Vec<(String, String, i64)> = Vec::new();
    for (text, count) in &question.answers {
        let key = folded(text.trim());
        match answers.iter_mut().find(|(known, ..)| *known == key) {
            Some((_, _, sum)) => *sum += count,
            None => answers.push((key, text.trim().to_owned(), *count)),
        }
    }
    answers.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    let fits = |(key, text, _): &&(String, String, i64)| !key.is_empty() && text.chars().count() <= TITLE_LIMIT;
    let mut covered = 0;
    let mut options = Vec::new();
    for (_, text, count) in answers.iter().filter(fits).take(MOST_ROWS) {
        covered += count;
        options.push(text.clone());
        let is_enough = covered * 100 >= question.total * COVERED;
        if is_enough && options.len() > 1 {
            let (flow, question_text) = (question.flow.clone(), question.question.clone());
            return Some(CostTip::Buttons { flow, question: question_text, options, covered, total: question.total });
        }
    }
    None
}

impl CostTip {
    /// The messages that it is about, where they have a price and a list.
    pub const fn part(&self) -> Option<CostPart> {
        match self {
            Self::Notice { notice, .. } => Some(CostPart::Notice(*notice)),
            Self::Buttons { .. } | Self::Join { .. } => None,
        }
    }

    /// What costs, and what to do, in sentences. Amounts are in `currency`, where there is one.
    pub fn words(&self, currency: Option<&str>) -> String {
        match self {
            Self::Notice { notice, sum } => {
                let name = notice.label();
                let is_known = sum.unpriced() == 0 && sum.amount > Amount(0);
                let cost =
                    currency.filter(|_| is_known).map(|currency| format!(" and cost {}", sum.amount.sum(currency)));
                let (count, cost) = (sum.messages(), cost.unwrap_or_default());
                format!("Your {name} was sent {} times{cost}. Leave its text empty to send none.", grouped(count))
            }
            Self::Buttons { flow, question, options, covered, total } => {
                let kind = if options.len() <= MOST_BUTTONS { "buttons" } else { "a list" };
                let named = options.iter().map(|option| format!("“{option}”")).collect::<Vec<_>>().join(", ");
                format!(
                    "{covered} of {total} answers to “{question}” in {flow} were {named}. Offer them as {kind}: each answer \
                     that isn't understood costs one more message."
                )
            }
            Self::Join { sender, joinable, lines } => {
                let who = match sender {
                    LineSender::Agent(name) => format!("{name} sent"),
                    LineSender::Flow(name) => format!("{name} sent"),
                    LineSender::Bot => "The bot sent".to_owned(),
                };
                format!(
                    "{who} {joinable} of {lines} messages within {} seconds of the one before. Written as one with it, they \
                     would cost nothing more.",
                    TOGETHER.millis() / 1_000
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(messages: i64, amount: i64) -> CostSum {
        CostSum { billed: messages, priced: messages, amount: Amount(amount), ..CostSum::default() }
    }

    fn question(answers: &[(&str, i64)], total: i64) -> AnswerCount {
        let answers = answers.iter().map(|(text, count)| ((*text).to_owned(), *count)).collect();
        AnswerCount { flow: "Orders".to_owned(), question: "Is it urgent?".to_owned(), answers, total }
    }

    fn words(counts: &TipCounts) -> Vec<String> {
        tips(counts).iter().map(|tip| tip.words(Some("EUR"))).collect()
    }

    #[test]
    fn nothing_is_said_of_few_messages() {
        let few = TipCounts {
            total: sum(19, 100),
            notices: vec![(NoticeKind::Closing, sum(19, 100))],
            questions: vec![question(&[("Yes", 10), ("No", 9)], 19)],
            lines: vec![LineCount { sender: LineSender::Bot, joinable: 19, lines: 19 }],
        };
        assert!(tips(&few).is_empty());
        assert!(tips(&TipCounts::default()).is_empty());
    }

    #[test]
    fn a_notice_is_named_if_it_is_a_tenth_of_all_messages() {
        let counts = |total| TipCounts {
            total: sum(total, 0),
            notices: vec![(NoticeKind::Reminder, sum(20, 700_000)), (NoticeKind::Closing, sum(40, 1_400_000))],
            ..TipCounts::default()
        };
        assert_eq!(
            words(&counts(200)),
            [
                "Your closing message was sent 40 times and cost €1.40. Leave its text empty to send none.",
                "Your reminder was sent 20 times and cost €0.70. Leave its text empty to send none.",
            ]
        );
        assert_eq!(words(&counts(201)).len(), 1);
        let free =
            CostTip::Notice { notice: NoticeKind::Handoff, sum: CostSum { free_part: 20, ..CostSum::default() } };
        let expected = "Your handoff message was sent 20 times. Leave its text empty to send none.";
        assert_eq!((free.words(Some("EUR")), free.words(None)), (expected.to_owned(), expected.to_owned()));
    }

    #[test]
    fn a_question_whose_answers_are_few_could_be_buttons() {
        let counts = |question| TipCounts { questions: vec![question], ..TipCounts::default() };
        let yes_or_no = question(&[("yes", 8), ("Yes ", 4), ("no", 4), ("what?", 4)], 20);
        assert_eq!(
            words(&counts(yes_or_no)),
            [
                "16 of 20 answers to “Is it urgent?” in Orders were “yes”, “no”. Offer them as buttons: each answer that isn't \
              understood costs one more message."
            ]
        );
        let sizes = question(&[("S", 5), ("M", 5), ("L", 5), ("XL", 5)], 20);
        assert!(words(&counts(sizes))[0].contains("as a list"));
        // One answer alone, order numbers, long answers and empty ones are no options.
        assert!(words(&counts(question(&[("yes", 20)], 20))).is_empty());
        let numbers: Vec<(String, i64)> = (0..20).map(|n| (format!("{n}"), 1)).collect();
        assert!(words(&counts(AnswerCount { answers: numbers, ..question(&[], 20) })).is_empty());
        let long = "I would like to send it back, please";
        assert!(words(&counts(question(&[(long, 10), ("  ", 10)], 20))).is_empty());
    }

    #[test]
    fn lines_that_follow_each_other_could_be_one_message() {
        let line = |sender, joinable, lines| LineCount { sender, joinable, lines };
        let counts = TipCounts {
            lines: vec![
                line(LineSender::Bot, 20, 50),
                line(LineSender::Flow("Orders".to_owned()), 30, 60),
                line(LineSender::Agent("Ana".to_owned()), 25, 90),
            ],
            ..TipCounts::default()
        };
        let words = words(&counts);
        assert_eq!(words.len(), 3);
        assert!(
            words[0].starts_with("Orders sent 30 of 60 messages within 10 seconds of the one before."),
            "{words:?}"
        );
        assert!(
            words[1].starts_with("Ana sent 25 of 90") && words[2].starts_with("The bot sent 20 of 50"),
            "{words:?}"
        );
    }

    #[test]
    fn only_a_notice_has_a_list_of_its_messages() {
        let notice = CostTip::Notice { notice: NoticeKind::ALL[0], sum: CostSum::default() };
        assert_eq!(notice.part(), Some(CostPart::Notice(NoticeKind::ALL[0])));
        let buttons = CostTip::Buttons {
            flow: String::new(),
            question: String::new(),
            options: Vec::new(),
            covered: 0,
            total: 0,
        };
        assert_eq!(buttons.part(), None);
    }
}
