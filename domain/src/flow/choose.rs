//! Which option of a question an answer means.
//!
//! What the customer typed is never contradicted: a figure picks no title with another figure, a negation picks
//! nothing, and with two readings the question is asked again.

use std::collections::BTreeSet;

use super::{answer::plain_digits, definition::Choice, negations::negations};
use crate::text::{clip, folded};

/// What turns a word round in front of it.
const PREFIXES: [&str; 34] = [
    "a", "ab", "an", "anti", "auf", "aus", "be", "bez", "de", "des", "dis", "ein", "ent", "ex", "il", "im", "in", "ir",
    "mis", "ne", "non", "off", "on", "out", "over", "post", "pre", "re", "sub", "un", "under", "up", "ver", "zu",
];

/// The matching option: by its id, its title, its figure, its number, its title within a sentence, or a close spelling.
/// An ambiguous answer matches none. `language` is the customer's, empty if it is unknown.
pub(super) fn option(options: &[Choice], text: &str, payload: Option<&str>, language: &str) -> Option<usize> {
    if let Some(tapped) = payload
        && let Some(at) = options.iter().position(|option| option.id == tapped)
    {
        return Some(at);
    }
    let said = plain_digits(&folded(&clip(text, 400)));
    if said.is_empty() {
        return None;
    }
    let titles: Vec<String> = options.iter().map(|option| plain_digits(&folded(&option.title))).collect();
    if let Some(at) = titles.iter().position(|title| *title == said) {
        return Some(at);
    }
    if said.chars().all(|c| c.is_ascii_digit()) {
        return by_figure(&titles, &said);
    }
    let negations = |text: &str| negations(text, language);
    let (said_figures, said_negations) = (figures(&said), negations(&said));
    let padded = format!(" {said} ");
    let agrees = |title: &str| {
        negations(title) == said_negations && (figures(title) == said_figures || figures(title).is_empty())
    };
    let within = single_match(&titles, |title| padded.contains(&format!(" {title} ")));
    if let Some(at) = within {
        return titles.get(at).is_some_and(|title| agrees(title)).then_some(at);
    }
    single_match(&titles, |title| {
        figures(title) == said_figures && negations(title) == said_negations && is_slip(title, &said)
    })
}

/// Whether a text is a title with a slip of the keyboard. A word with another prefix is another word, often the opposite
/// (“unsubscribe”, “abmelden” for “anmelden”), and so is a short one with another letter (“10 pm”, “Size M”).
fn is_slip(title: &str, said: &str) -> bool {
    let most = match title.chars().count() {
        0..5 => return false,
        5..9 => 1,
        _ => 2,
    };
    let [titles, words] = [title, said].map(|text| text.split(' ').collect::<Vec<&str>>());
    if titles.len() != words.len() {
        return title.replace(' ', "") == said.replace(' ', "");
    }
    let mut slips = 0;
    for (word, typed) in titles.into_iter().zip(words).filter(|(word, typed)| word != typed) {
        if word.chars().count() < 4 || is_turned_round(word, typed) {
            return false;
        }
        slips += strsim::damerau_levenshtein(word, typed);
    }
    slips <= most
}

/// Whether two words are the same one behind different prefixes.
fn is_turned_round(word: &str, other: &str) -> bool {
    let same = word.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b);
    let length: usize = same.map(|(c, _)| c.len_utf8()).sum();
    let is_prefix = |word: &str| word.len() == length || PREFIXES.contains(&&word[..word.len() - length]);
    is_prefix(word) && is_prefix(other)
}

/// A figure alone: the title that holds it, else the option at this position, unless that one's title holds another.
fn by_figure(titles: &[String], said: &str) -> Option<usize> {
    let said = said.trim_start_matches('0');
    let holds = |title: &String| figures(title).contains(said);
    let mut holding = titles.iter().enumerate().filter(|(_, title)| holds(title));
    if let Some((at, _)) = holding.next() {
        return holding.next().is_none().then_some(at);
    }
    let at = said.parse::<usize>().ok()?.checked_sub(1)?;
    titles.get(at).filter(|title| figures(title).is_empty()).map(|_| at)
}

/// The figures of a text, without zeros in front.
fn figures(text: &str) -> BTreeSet<&str> {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    runs.map(|run| run.trim_start_matches('0')).collect()
}

fn single_match(titles: &[String], fits: impl Fn(&str) -> bool) -> Option<usize> {
    let mut fitting = titles.iter().enumerate().filter(|(_, title)| !title.is_empty() && fits(title));
    let (at, _) = fitting.next()?;
    fitting.next().is_none().then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(titles: &[&str], text: &str) -> Option<usize> {
        chosen_in("", titles, text)
    }

    fn chosen_in(language: &str, titles: &[&str], text: &str) -> Option<usize> {
        let options: Vec<Choice> =
            titles.iter().map(|title| Choice { title: (*title).into(), ..Choice::default() }).collect();
        option(&options, text, None, language)
    }

    #[test]
    fn a_figure_picks_the_title_that_holds_it() {
        let nights = ["2 nights", "3 nights", "5 nights"];
        for (text, expected) in [
            ("2", Some(0)),
            ("3", Some(1)),
            ("5", Some(2)),
            ("٥", Some(2)),
            ("02", Some(0)),
            ("1", None),
            ("4", None),
            ("4 nights", None),
            ("3 nigths", Some(1)),
            ("2 or 3 nights", None),
            ("3 nights please", Some(1)),
            ("3 nights for 2 people", None),
            ("not 3 nights", None),
        ] {
            assert_eq!(chosen(&nights, text), expected, "{text}");
        }
        // Two titles with the figure are two readings.
        assert_eq!(chosen(&["2 nights", "2 weeks"], "2"), None);
        assert_eq!(chosen(&["Room 12", "Room 21"], "1"), None);
        // Without figures in the titles a figure is a position.
        assert_eq!(chosen(&["Orders", "Returns"], "2"), Some(1));
        assert_eq!(chosen(&["Orders", "Returns", "iPhone 15"], "2"), Some(1));
        assert_eq!(chosen(&["Orders", "iPhone 15"], "2"), None);
        assert_eq!(chosen(&["Table for ٤", "Bar"], "4"), Some(0));
        assert_eq!(chosen(&["Orders", "Returns"], "return of order 17"), None);
        assert_eq!(chosen(&["Order", "Return"], "order 17"), Some(0));
    }

    #[test]
    fn a_negation_picks_nothing_but_a_title_with_it() {
        let table: [(&[&str], &str, Option<usize>); 12] = [
            (&["Yes", "No"], "no", Some(1)),
            (&["Yes", "No"], "no thanks", Some(1)),
            (&["Yes", "No"], "yes please", Some(0)),
            (&["Yes", "No"], "not yes", None),
            (&["Yes", "No"], "yes, no problem", None),
            (&["Refund", "Exchange"], "I don't want a refund", None),
            (&["Refund", "Exchange"], "a refund", Some(0)),
            (&["Refund", "Exchange"], "no refund", None),
            (&["Umtausch", "Erstattung"], "kein Umtausch", None),
            (&["Umtausch", "Erstattung"], "bitte keine Erstattung", None),
            (&["Paid", "Not paid"], "it is not paid", None),
            (&["Now", "Not now"], "not now", Some(1)),
        ];
        for (titles, text, expected) in table {
            assert_eq!(chosen(titles, text), expected, "{titles:?} {text}");
        }
    }

    #[test]
    fn negations_of_many_languages_pick_nothing() {
        for (title, text) in [
            ("Refund", "this isn't about a refund"),
            ("Refund", "nothing about my refund"),
            ("Refund", "everything except refund"),
            ("Umtausch", "weder Umtausch noch Geld"),
            ("Pix", "nem Pix nem boleto"),
            ("Reembolso", "ningún reembolso"),
            ("Remboursement", "tout sauf remboursement"),
            ("Iade", "iade istemiyorum"),
            ("İade", "iade olmasını düşünmüyorum"),
            ("Hoàn tiền", "không hoàn tiền"),
            ("可以退货换货", "不可以退货换货"),
            ("返品したいです", "返品したくないです"),
            ("환불", "환불 안 해요"),
        ] {
            assert_eq!(chosen_in("", &[title], text), None, "{text}");
        }
    }

    #[test]
    fn a_slip_is_no_opposite_and_no_other_word() {
        for (titles, text) in [
            (["Subscribe", "Help"], "unsubscribe"),
            (["Available", "Gone"], "unavailable"),
            (["Anmelden", "Hilfe"], "abmelden"),
            (["Aktivieren", "Hilfe"], "deaktivieren"),
            (["Activate", "Help"], "inactivate"),
            (["10 am", "11 am"], "10 pm"),
            (["Size S", "Size XL"], "Size M"),
            (["Plan A", "Other"], "Plan B"),
        ] {
            assert_eq!(chosen(&titles, text), None, "{text}");
        }
        for (title, text) in [
            ("Subscribe", "subscirbe"),
            ("Talk to an agent", "talk to an agnet"),
            ("Delivery", "delivry"),
            ("Check in", "checkin"),
            ("Returns", "retuns"),
        ] {
            assert_eq!(chosen(&[title, "Other"], text), Some(0), "{text}");
        }
    }

    #[test]
    fn a_word_that_negates_in_another_language_only_is_no_negation() {
        for (language, titles, text) in [
            ("ar", ["الطلبات", "المرتجعات"], "الطلبات لو سمحت"),
            ("de", ["Montag 5", "Dienstag 6"], "am Montag 5. Mai"),
            ("it", ["2 persone", "4 persone"], "ne vorrei per 2 persone"),
            ("ja", ["返品したい", "交換したい"], "すみません、返品したい"),
            ("nl", ["Bestellen", "Retour"], "nu bestellen graag"),
            ("sv", ["Beställning", "Retur"], "kan ni visa beställning nu"),
            ("zh", ["退货", "换货"], "不好意思，退货"),
        ] {
            assert_eq!(chosen_in(language, &titles, text), Some(0), "{text}");
        }
        for (language, title, text) in
            [("ro", "Comanda", "nu comanda"), ("it", "Reso", "mai reso"), ("zh", "退货", "不 退货")]
        {
            assert_eq!(chosen_in(language, &[title], text), None, "{text}");
        }
    }

    #[test]
    fn no_is_not_a_negation_in_portuguese() {
        let payments = ["Pix", "Cartão"];
        for text in ["no Pix", "No cartão, por favor", "não, no cartão"] {
            assert_eq!(chosen_in("en", &payments, text), None, "{text}");
        }
        assert_eq!(chosen_in("pt-BR", &payments, "no Pix"), Some(0));
        assert_eq!(chosen_in("pt", &payments, "No cartão, por favor"), Some(1));
        assert_eq!(chosen_in("pt", &payments, "não, no cartão"), None);
        assert_eq!(chosen_in("pt", &["Sim", "Não"], "não, obrigado"), Some(1));
    }

    #[test]
    fn a_word_of_four_letters_may_have_a_slip_in_a_longer_title() {
        assert!(is_slip("size blue", "size blve"));
        assert!(!is_slip("size red", "size ret"));
    }

    #[test]
    fn a_letter_too_many_before_a_word_is_a_slip_and_another_prefix_is_none() {
        assert!(is_slip("subscribe", "ssubscribe"));
        assert!(!is_slip("subscribe", "unsubscribe"));
    }
}
