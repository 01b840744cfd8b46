//! Everyday sentences in scripts that attach particles, prefixes or other digits.

use super::{
    Matching,
    everyday_tests::{Case, check},
    phrase_matches,
};

#[test]
fn korean_particles_and_honorifics_are_heard() {
    let cases = ["", "ko"].map(|language| Case {
        language,
        phrase: "상담원",
        fires: &[
            "상담원이랑 이야기하고 싶어요",
            "상담원과 통화하고 싶습니다",
            "상담원을 연결해 주세요",
            "상담원은 언제 오나요",
            "상담원이 필요해요",
            "상담원에게 말하고 싶어요",
            "상담원님 계세요?",
            "상담원님께 전달해 주세요",
            "상담원으로 연결",
            "상담원도 괜찮아요",
            "상담원만 원해요",
            "상담원 연결",
            "상담원들에게 물어봐 주세요",
            "상담원한테 물어볼게요",
        ],
        silent: &[
            "상담 시간이 궁금해요",
            "전화상담원가",
            "상담원서 작성법",
            "상담원본 파일",
            "상담실 위치",
            "상담 원해요",
        ],
    });
    check(&cases);
    check(&[
        Case {
            language: "",
            phrase: "사람",
            fires: &[
                "사람이랑 말할래요",
                "사람과 얘기하고 싶어요",
                "사람을 불러 주세요",
                "사람은 없나요",
                "사람에게 연결",
            ],
            silent: &["눈사람 인형 있나요", "사랑해요", "사람됨이 좋네요"],
        },
        Case {
            language: "",
            phrase: "상담사",
            fires: &["상담사가 필요해요", "상담사를 불러줘", "상담사와 통화", "상담사는요?", "상담사로 연결해줘"],
            silent: &["상담 사례", "상담사무소"],
        },
        Case {
            language: "",
            phrase: "상담원 연결",
            fires: &[
                "상담원 연결해주세요",
                "상담원과 연결해 주세요",
                "상담원연결",
                "상담원을 연결하고싶어요",
                "상담원 연결 부탁드려요",
            ],
            silent: &["상담원 시간", "연결 상담원"],
        },
    ]);
}

#[test]
fn hebrew_prefixes_are_heard() {
    let cases = ["", "he"].map(|language| Case {
        language,
        phrase: "נציג",
        fires: &[
            "אני רוצה לדבר עם נציג",
            "אני רוצה לדבר עם הנציג",
            "תעבירו אותי לנציג",
            "מבקש שנציג יחזור אליי",
            "והנציג לא ענה",
            "קיבלתי הודעה מהנציג",
            "מנציג שירות בבקשה",
            "כשהנציג יתפנה",
            "יש נציגים פנויים?",
            "אפשר נציגה?",
            "דברתי בנציג הקודם",
        ],
        silent: &["מנצח", "תצוגה", "נצי", "ציג", "הצגה"],
    });
    check(&cases);
    check(&[
        Case {
            language: "",
            phrase: "אדם",
            fires: &["האדם הזה", "ואדם", "לדבר עם אדם", "תן לי לאדם אמיתי", "והאדם", "רוצה שאדם יענה"],
            silent: &["אדמה", "מאדמים", "קדאדם", "אדמדם"],
        },
        // A word of three letters within a longer one.
        Case {
            language: "",
            phrase: "ספר",
            fires: &["הספר", "ספר"],
            silent: &["מספר ההזמנה שלי", "ספרייה", "בספרד", "מספרה", "תספרו"],
        },
        Case {
            language: "",
            phrase: "בוט",
            fires: &["הבוט", "בוט"],
            silent: &["רובוט", "בוטיק", "כבוטח", "מבוטל", "בוטנים"],
        },
        Case {
            language: "he",
            phrase: "בן אדם",
            fires: &["עם בן אדם", "לבן אדם", "עם הבן אדם", "שבן אדם יענה", "מבן אדם"],
            silent: &["בן", "אדם", "לבן", "בנאדם", "אדם בן"],
        },
        Case {
            language: "he",
            phrase: "לדבר עם נציג",
            fires: &["לדבר עם הנציג", "רוצה לדבר עם איזה נציג", "לדבר עם נציגה"],
            silent: &["לדבר עם נהג", "נציג לדבר"],
        },
    ]);
}

#[test]
fn arabic_articles_prefixes_and_letters_are_heard() {
    let cases = ["", "ar"].map(|language| Case {
        language,
        phrase: "موظف",
        fires: &[
            "أريد التحدث مع موظف",
            "أريد التحدث مع الموظف",
            "حولني للموظف",
            "أتواصل بالموظف",
            "والموظف لا يرد",
            "حولني لموظف",
            "وموظف خدمة من فضلك",
            "أين الموظفين",
            "الموظفون مشغولون",
            "أريد موظفة",
            "مُوَظَّف",
            "مـوظـف لو سمحت",
            "فالموظف غير متاح",
        ],
        silent: &["وظيفة شاغرة", "توظيف", "مظف", "موظ", "وظفت شركة"],
    });
    check(&cases);
    check(&[
        Case {
            language: "",
            phrase: "دعم",
            fires: &["الدعم الفني", "للدعم", "بالدعم", "والدعم", "دعم", "دعما", "لدعم العملاء"],
            silent: &["مدعوم", "تدعمون", "مدعم", "ندعمه", "دعمامة"],
        },
        Case {
            language: "ar",
            phrase: "خدمة العملاء",
            fires: &["خدمه العملاء", "لخدمة العملاء", "بخدمة العملاء", "خدمة للعملاء", "خدمة عملاء"],
            silent: &["خدمات", "العملاء خدمة", "خدمة التوصيل"],
        },
        Case { language: "", phrase: "احد", fires: &["أحد"], silent: &["واحد", "أحدث", "الحد"] },
    ]);
}

#[test]
fn persian_and_urdu_letters_are_heard_both_ways() {
    check(&[
        // Arabic yeh and kaf in the rule, Persian ones in the message, and the other way round.
        Case {
            language: "",
            phrase: "پشتيباني",
            fires: &["پشتیبانی", "با پشتیبانی حرف بزنم", "پشتیبانی لطفا", "پشتیبانی ها", "پشتيبانی", "پشتیباني"],
            silent: &["پشت", "پشتی", "پشتیبان‌گیر", "پشته", "پشیمانی"],
        },
        Case {
            language: "",
            phrase: "کارمند",
            fires: &["كارمند", "با كارمند صحبت کنم", "کارمندها", "کارمند‌ها", "كارمندها"],
            silent: &["کارمزد", "کار", "کارخانه", "مند", "کارت"],
        },
        Case {
            language: "fa",
            phrase: "اپراتور",
            fires: &[
                "با اپراتور حرف بزنم",
                "اپراتورها",
                "اپراتورهای شما",
                "اپراتوری هست؟",
                "اپراتورتان",
                "اپراتور را وصل کن",
                "اپراتورتون",
            ],
            silent: &["اپرا", "اپراتوریوم", "راتور", "اپل", "آپارات"],
        },
        Case {
            language: "ur",
            phrase: "نمائندہ",
            fires: &["نمائندہ", "نمائندے سے بات", "نمائندوں سے", "نمائنده", "نمائندھ"],
            silent: &["نمائش", "نما", "نمک", "آئندہ", "نمازی"],
        },
    ]);
}

#[test]
fn digits_of_every_script_are_the_same() {
    let numbers = ["24", "٢٤", "۲۴", "२४", "২৪", "２４", "๒๔", "௨௪"];
    for phrase in numbers {
        for message in numbers {
            let sentence = format!("help {message} please");
            assert!(phrase_matches(&sentence, phrase, Matching::Contains), "{phrase} in {sentence}");
        }
        for message in ["25", "२५", "240", "٢٤٠", "124", "२४०"] {
            assert!(!phrase_matches(message, phrase, Matching::Contains), "{phrase} in {message}");
        }
    }
    check(&[Case {
        language: "hi",
        phrase: "विकल्प 5",
        fires: &["विकल्प ५", "मुझे विकल्प ५ चाहिए", "विकल्प 5"],
        silent: &["विकल्प ६", "विकल्प ५०", "विकल्प", "५ विकल्प", "विकल्पित ५"],
    }]);
}

#[test]
fn a_word_of_a_phrase_is_heard_if_it_is_written_as_two() {
    check(&[
        Case {
            language: "de",
            phrase: "Kundenservice",
            fires: &["Kunden-Service", "ich brauche den Kunden Service"],
            silent: &["Service für Kunden", "Kunden"],
        },
        // What follows is a word of its own.
        Case { language: "ko", phrase: "상담원", fires: &["상담 원"], silent: &["상담 원해요"] },
    ]);
}

#[test]
fn between_the_words_of_a_phrase_only_an_article_may_stand() {
    for between in ["the ", "an ", ""] {
        assert!(phrase_matches(&format!("call {between}agent"), "call agent", Matching::Contains), "{between}");
    }
    for between in ["my first ", "chat ", "no "] {
        assert!(!phrase_matches(&format!("call {between}agent"), "call agent", Matching::Contains), "{between}");
    }
}

#[test]
fn a_rules_language_or_else_its_script_decides_which_forms_are_known() {
    use crate::keyword::tongue::Tongue;
    for (tags, tongue) in [
        (&["nl", "af", "nl-BE"][..], Tongue::Dutch),
        (&["sv", "nb", "nn", "no", "da"], Tongue::Nordic),
        (&["ru", "uk", "be"], Tongue::Cyrillic),
        (&["he", "iw", "yi"], Tongue::Hebrew),
        (&["ar"], Tongue::Arabic),
        (&["fa", "ur"], Tongue::Persian),
        (&["ko"], Tongue::Korean),
        (&["fi"], Tongue::Finnish),
    ] {
        for tag in tags {
            assert_eq!(Tongue::of_tag(tag), Some(tongue), "{tag}");
        }
    }
    for (phrase, language, tongue) in [
        ("agent", Some("nl"), Tongue::Dutch),
        // A language without a table: endings of others would be wrong.
        ("agent", Some("pl"), Tongue::Other),
        ("agent", None, Tongue::Latin),
        // The tag of another script says nothing.
        ("оператор", Some("en"), Tongue::Cyrillic),
        ("оператор", None, Tongue::Cyrillic),
        ("相談", None, Tongue::Other),
    ] {
        assert_eq!(Tongue::of(phrase, language), tongue, "{phrase} {language:?}");
    }
}

#[test]
fn rules_stay_in_the_admins_order() {
    use crate::keyword::{Keyword, Matcher};
    let rules = ["agent", "help"].map(|phrase| Keyword::for_everybody(phrase.to_owned(), Matching::Contains));
    let matcher = Matcher::new(rules.to_vec());
    assert_eq!(matcher.rules().iter().map(|rule| rule.phrase.as_str()).collect::<Vec<_>>(), ["agent", "help"]);
}
