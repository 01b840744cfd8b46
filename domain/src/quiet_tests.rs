use proptest::prelude::*;

use super::*;
use crate::content::Attachment;

fn quiet(body: &str) -> bool {
    is_quiet(&Content::Text { body: body.to_owned() })
}

#[test]
fn a_thank_you_is_quiet_in_every_language() {
    let table: [(&str, &[&str]); 32] = [
        (
            "en",
            &[
                "Thanks",
                "Thank you so much!",
                "THANKS A LOT!!!",
                "thx",
                "Thaaaank youuu",
                "Great, thanks for your help.",
                "No, that's all. Thank you!",
                "It works now, thanks a lot",
            ],
        ),
        (
            "de",
            &[
                "Danke",
                "Vielen Dank!",
                "Dankeschön",
                "dankeschoen",
                "Super, danke!",
                "Danke für die schnelle Hilfe",
                "Das war's, danke",
            ],
        ),
        (
            "es",
            &["Gracias", "¡Muchas gracias!", "muchisimas gracias", "Graciasss", "Gracias por su ayuda", "ok gracias"],
        ),
        ("pt", &["Obrigado", "Muito obrigada!", "obg", "vlw", "Muito obrigado pela ajuda", "Perfeito, obrigada"]),
        ("fr", &["Merci", "Merci beaucoup !", "Mille mercis", "Merci pour votre aide", "merci, bonne journée"]),
        ("it", &["Grazie", "Grazie mille!", "grazie per l’aiuto", "Perfetto, grazie", "Ti ringrazio"]),
        ("nl", &["Bedankt", "Dank je wel!", "Hartelijk dank", "bedankt voor de hulp", "dankuwel, fijne dag"]),
        ("pl", &["Dziękuję", "dziekuje bardzo", "Dzięki!", "dzieki wielkie", "Dziękuję za pomoc"]),
        ("tr", &["Teşekkürler", "tesekkur ederim", "Çok teşekkür ederim!", "sağ olun", "TEŞEKKÜRLER iyi günler"]),
        ("ar", &["شكرا", "شكراً جزيلاً", "مشكور", "شكرا لك على المساعدة", "يعطيك العافية"]),
        ("he", &["תודה", "תודה רבה!", "המון תודה", "תודה על העזרה", "מעולה, תודה"]),
        ("hi", &["धन्यवाद", "शुक्रिया", "बहुत बहुत धन्यवाद", "dhanyavaad", "धन्यवाद जी"]),
        ("ko", &["감사합니다", "고마워요", "네 감사합니다", "정말 감사합니다!", "ㄱㅅ"]),
        (
            "ja",
            &[
                "ありがとうございます",
                "ありがとう！",
                "了解です。ありがとうございました。",
                "どうもありがとう",
                "助かりました",
            ],
        ),
        ("zh", &["谢谢", "谢谢您！", "好的，谢谢", "非常感谢", "謝謝", "多谢"]),
        ("ru", &["Спасибо", "Большое спасибо!", "спс", "Спасибо за помощь", "спасибооо"]),
        ("uk", &["Дякую", "Дуже дякую!", "Щиро дякую", "Дякую за допомогу", "дякую, гарного дня"]),
        ("fi", &["Kiitos", "Kiitos paljon!", "kiitti", "Kiitos avusta", "Selvä, kiitos"]),
        ("sv", &["Tack", "Tack så mycket!", "tack sa mycket", "Tusen tack", "Tack för hjälpen"]),
        ("el", &["Ευχαριστώ", "ευχαριστω πολυ", "Σας ευχαριστώ πολύ!", "efxaristo", "Τέλεια, ευχαριστώ"]),
        ("id", &["Terima kasih", "terima kasih banyak kak", "Makasih ya!", "Baik, terima kasih atas bantuannya"]),
        ("vi", &["Cảm ơn", "cám ơn bạn nhiều", "Dạ em cảm ơn ạ", "cam on shop"]),
        ("th", &["ขอบคุณครับ", "ขอบคุณมากค่ะ", "โอเค ขอบคุณนะคะ"]),
        ("ro", &["Mulțumesc", "multumesc mult!", "Mersi", "Vă mulțumesc pentru ajutor"]),
        ("cs", &["Děkuji", "dekuji moc", "Díky za pomoc!", "Výborně, děkuji"]),
        ("hu", &["Köszönöm szépen!", "koszi", "Nagyon köszönöm a segítséget"]),
        ("da", &["Mange tak!", "Tak for hjælpen", "Tusind tak, hav en god dag"]),
        ("no", &["Tusen takk!", "Takk for hjelpen", "Flott, tusen takk"]),
        ("fa", &["ممنون", "خیلی ممنون از شما", "مرسی"]),
        ("ur", &["شکریہ", "بہت بہت شکریہ جناب", "ٹھیک ہے شکریہ"]),
        ("sw", &["Asante", "Asante sana kwa msaada wako", "Sawa, asante"]),
        ("fil", &["Salamat po", "maraming salamat po sa tulong", "Sige po, salamat"]),
    ];
    for (language, thanks) in table {
        for body in thanks {
            assert!(quiet(body), "{language}: {body}");
            assert!(quiet(&format!("🙏 {}!! 😊👍🏽", body.to_uppercase())), "{language}: {body} in capital letters");
            for more in ["?", " 7", " zebra", " Acme"] {
                assert!(!quiet(&format!("{body}{more}")), "{language}: {body}{more}");
            }
        }
    }
}

#[test]
fn what_says_more_than_thanks_is_not_quiet() {
    for body in [
        "Thanks, but it still does not work",
        "Thanks in advance",
        "Thanks for nothing",
        "Thanks, when do you open?",
        "Thank you Ana",
        "Thanks. My order is 4711",
        "thanks 2",
        "thanks 20%",
        "Thanks @support",
        "ok",
        // Yes, in Polish.
        "tak",
        "Takk",
        "It works",
        "Thanks, it works? no",
        "Danke, funktioniert nicht",
        "Great",
        "bye",
        "yes",
        "no",
        "Danke, aber es geht immer noch nicht",
        "gracias pero no funciona",
        "Merci mais ça ne marche pas",
        "спасибо, но не работает",
        "شكرا لكن لا يعمل",
        "谢谢，但是还是不行",
        "ありがとうございます。でもまだ動きません",
        "감사합니다 그런데 아직 안 돼요",
        "alvast bedankt",
        "ευχαριστώ;",
        "شكرا؟",
        "谢谢？",
        "thanks ❓",
        "🆘",
        "",
        "   ",
        "!!!",
        "...",
        "?",
        ":(",
        "merci danke spasibo",
    ] {
        assert!(!quiet(body), "{body}");
    }
    assert!(!quiet(&"thanks ".repeat(200)));
}

#[test]
fn emoji_stickers_and_ratings_are_quiet() {
    for body in ["👍", "👍👍👍", "❤️", "🙏🏽 😊", "🇩🇪", "👨‍👩‍👧", ":)", ";-)", "<3", "☺️!", "⭐⭐⭐⭐⭐", "🔟"]
    {
        assert!(quiet(body), "{body}");
    }
    for body in [
        "5",
        " 5 ",
        "1",
        "10",
        "5!",
        "5/5",
        "10/10",
        "8 / 10",
        "5 ⭐",
        "5️⃣",
        "5 stars",
        "5 Sterne",
        "5 étoiles",
        "٥",
        "５",
    ] {
        assert!(quiet(body), "{body}");
    }
    for body in [
        "0",
        "11",
        "05",
        "4711",
        "4.5",
        "4,5",
        "6/5",
        "3/7",
        "0/10",
        "-5",
        "5 6",
        "5 apples",
        "5?",
        "5 €",
        "1️⃣2️⃣",
        "5/",
        "24/7",
    ] {
        assert!(!quiet(body), "{body}");
    }
    let media = Attachment::default();
    assert!(is_quiet(&Content::Sticker { media: media.clone(), animated: false }));
    let caption = Attachment { caption: Some("Thanks".to_owned()), ..media };
    assert!(!is_quiet(&Content::Image { media: caption }), "a picture may show what is wrong");
    let button = Content::ButtonReply { id: "yes".to_owned(), title: "Thanks".to_owned() };
    assert!(!is_quiet(&button), "a flow waits for it");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// One word that is in no list makes a message one that is answered.
    #[test]
    fn an_unknown_word_is_never_quiet(at in 0..3usize, word in "[bcdfgjklmnpqrstvwxz]{7,12}") {
        let mut words = vec!["thank", "you", "👍"];
        words.insert(at, &word);
        prop_assert!(!quiet(&words.join(" ")));
    }

    #[test]
    fn any_text_is_judged(body in "\\PC{0,40}") {
        let asked = quiet(&format!("{body}?"));
        prop_assert!(!asked);
        let _ = quiet(&body);
    }
}

#[test]
fn the_tap_that_keeps_the_window_open_is_quiet_and_no_other() {
    let tap = |id: &str| Content::ButtonReply { id: id.to_owned(), title: "Thanks".to_owned() };
    assert!(is_quiet(&tap(keep_open::PAYLOAD)));
    assert!(!is_quiet(&tap("agent-option-1")));
}

#[test]
fn a_sign_that_means_something_makes_thanks_a_matter() {
    for text in ["thanks €", "thanks 100%", "thanks @", "👍 $"] {
        assert!(!is_quiet_text(text), "{text}");
    }
}

#[test]
fn only_numbers_up_to_ten_are_ratings() {
    for number in ["11", "15", "25", "55", "99"] {
        assert!(!is_rating(number), "{number}");
    }
}

#[test]
fn the_longest_thanks_is_as_long_as_the_limit() {
    let thanks = |length: usize| format!("thanks{}", "!".repeat(length - "thanks".len()));
    assert!(is_quiet_text(&thanks(LIMIT)) && !is_quiet_text(&thanks(LIMIT + 1)));
}
