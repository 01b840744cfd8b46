//! The forms of each language: endings, prefixes, articles, and words that stand for each other. See [`Table`].
//!
//! No stemmer is used: it reduces different words to one. A table says what is attached, and one word inside another
//! stays silent. Latin entries are written as they are folded: without accents.

use super::tongue::{
    After::{Any, Consonant, Hiss, Vowel},
    PLAIN, Table,
};

pub const LATIN: Table = Table {
    least: 4,
    // Long Turkish endings are safe after a word of any language; short ones are not ("person" and "personne").
    endings: &[
        (Any, "s lAr lArI lArA lArIn lArlA lArDAn DAn"),
        (Hiss, "es"),
        (Vowel, "yA yI ylA nIn nDAn nDA nA nI sInA sInI mIzA nIzA mIzlA nIzlA mIzI nIzI"),
    ],
    articles: "the a an le la les un une des der die das den dem ein eine einen einem einer el los las una \
         unos unas il lo gli uno o os as um uma bir de het een",
    ..PLAIN
};

pub const ENGLISH: Table =
    Table { least: 3, endings: &[(Any, "s"), (Hiss, "es")], articles: "a an the some any", ..PLAIN };

pub const GERMAN: Table = Table {
    least: 4,
    endings: &[(Any, "s n in innen"), (Consonant, "e en es er ern ens"), (Vowel, "r m")],
    articles: "der die das den dem des ein eine einen einem einer eines nen nem ner meinen meinem einige \
         irgendeinem",
    equals: &["zu zum zur", "bei beim", "von vom", "in im ins", "an am ans", "auf aufs", "fur furs"],
    compounds: true,
    ..PLAIN
};

pub const DUTCH: Table = Table {
    least: 4,
    endings: &[(Any, "s n"), (Consonant, "en e er ers")],
    articles: "de het een n",
    compounds: true,
    ..PLAIN
};

pub const NORDIC: Table = Table {
    least: 4,
    endings: &[(Any, "s n r t"), (Consonant, "en et er ar or erne ene arna ens e"), (Vowel, "ne nes")],
    articles: "en ett et den det ei",
    compounds: true,
    ..PLAIN
};

pub const FRENCH: Table = Table {
    least: 4,
    endings: &[(Any, "s e es x")],
    articles: "le la les l un une des du mon quelques",
    equals: &["a au aux", "de du des", "conseiller conseillere conseilleres"],
    ..PLAIN
};

pub const ITALIAN: Table = Table {
    least: 4,
    articles: "il lo la i gli le l un uno una dei degli delle qualche",
    equals: &[
        "a ad al allo alla ai agli alle",
        "di del dello della dei degli delle",
        "da dal dallo dalla dai dagli dalle",
        "in nel nello nella nei negli nelle",
        "su sul sullo sulla sui sugli sulle",
        "con col coi",
    ],
    ..PLAIN
};

pub const SPANISH: Table = Table {
    least: 4,
    endings: &[(Any, "s"), (Consonant, "es a as")],
    articles: "el la los las lo un una unos unas algun alguna",
    equals: &["a al", "de del"],
    ..PLAIN
};

pub const PORTUGUESE: Table = Table {
    least: 4,
    endings: &[(Any, "s"), (Consonant, "es a as")],
    articles: "o a os as um uma uns umas algum alguma",
    equals: &["a ao aos as", "de do da dos das dum duma", "em no na nos nas num numa", "por pelo pela pelos pelas"],
    ..PLAIN
};

pub const TURKISH: Table = Table {
    least: 3,
    endings: &[
        (Any, "lAr lArI DA DAn DIr lA cA"),
        (Consonant, "A I In Im ImIz InIz"),
        (Vowel, "yA yI yIm nIn sI ylA m n mIz nIz nA nI nDA nDAn"),
    ],
    chain: 3,
    articles: "bir",
    ..PLAIN
};

pub const FINNISH: Table = Table {
    least: 4,
    endings: &[
        (Any, "n t a ta na ssa sta lla lta lle ksi tta nsa ni si mme nne"),
        (Any, "kin ko han ja ia ita jen ien iden illa ille ilta issa ista"),
        (Any, "in en an on un yn hin hun seen isiin"),
    ],
    chain: 2,
    compounds: true,
    ..PLAIN
};

pub const CYRILLIC: Table = Table {
    least: 4,
    endings: &[(Consonant, "а у ом ем е ы и ов ам ами ах ою я ю ей і"), (Vowel, "м й ми х ю")],
    ..PLAIN
};

pub const HEBREW: Table = Table {
    least: 4,
    endings: &[(Any, "ים ות ה ת י יה ית נו כם ך יו ייך יכם")],
    // With three letters a prefix often makes another word (ספר a book, מספר a number).
    prefixes: &[(3, "ה ו ל ש וה שה"), (4, "ב כ מ ול וב וכ ומ וש של שב מה כה לה בה כש כשה ומה ושה מש לכש")],
    articles: "את איזה איזשהו",
    ..PLAIN
};

pub const ARABIC: Table = Table {
    least: 4,
    endings: &[(Any, "ين ون ات ان ا ه ها هم كم نا ك ي ني ته تي تكم تنا تك هاي")],
    prefixes: &[(2, "ال وال فال بال كال لل ولل فلل وبال فبال وكال"), (3, "ل ب"), (4, "و ف ك ول وب فل فب س")],
    articles: "احد اي أحد أي",
    ..PLAIN
};

pub const PERSIAN: Table = Table {
    least: 3,
    endings: &[(Any, "ها های هایی هایتان هاتون ی ای یی را رو م ت ش مان تان شان تون مون ان ات وں یں ین")],
    chain: 2,
    prefixes: &[(4, "ب و"), (3, "ال")],
    articles: "یک یه کی ایک را",
    ..PLAIN
};

pub const KOREAN: Table = Table {
    least: 2,
    endings: &[
        (
            Consonant,
            "은 이 을 과 으로 이고 이면 이든 이며 이신가요 이죠 이란 이랑 이나 이라도 이요 이에요 이세요 이라고 이라는",
        ),
        (Vowel, "는 가 를 와 로 랑 나 라도 예요 세요 라고 라는"),
        (Any, "에 에서 에게 에게서 한테 한테서 께 께서 의 도 만 님 분 들 하고 부터 까지 보다 처럼 요 로 이야 좀"),
        (Any, "입니다 입니까 인가요 인데 밖에 마다 조차 마저 측 씨"),
        // Verbs that are often written without a space after their noun.
        (Any, "하는 하면 하려고 하려면 하고싶어요 하고싶습니다 할게요 할래요 할수 해 해요 해줘 해줘요 해주세요"),
        (Any, "해주십시오 해달라고 합니다 했어요 부탁 부탁해요 부탁드려요 부탁드립니다 연결 통화 필요 필요해요"),
        (Any, "필요합니다 있나요 있어요 있습니까 없나요 없어요 불러줘 불러주세요 바꿔 바꿔줘 바꿔주세요 원해요"),
        (Any, "원합니다 바랍니다"),
    ],
    chain: 3,
    ..PLAIN
};
