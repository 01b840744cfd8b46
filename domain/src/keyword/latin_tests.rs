//! Everyday sentences in languages with Latin letters.

use super::everyday_tests::{Case, check};

#[test]
fn turkish_cases_and_possessives_are_heard() {
    check(&[
        Case {
            language: "tr",
            phrase: "temsilci",
            fires: &[
                "bir temsilciye bağlanmak istiyorum",
                "temsilciyle görüşmek istiyorum",
                "temsilcinizle konuşabilir miyim",
                "temsilciler nerede",
                "temsilciden haber yok",
                "TEMSİLCİYE BAĞLA",
                "temsilcinin adı ne",
                "temsilcilerinize ulaşamıyorum",
                "temsilciyi bağlayın",
                "temsilcide kalsın",
                "temsilci'ye bağla",
            ],
            silent: &["temsil ediyor", "temsilen geldim", "temsilcilik şubesi nerede", "temiz", "teslim"],
        },
        Case {
            language: "tr",
            phrase: "operatör",
            fires: &[
                "operatöre bağla",
                "operatörle konuşmak",
                "operatörü ver",
                "operatörden bilgi",
                "operatörlere",
                "operatore",
            ],
            silent: &["operasyon", "opera", "operatris"],
        },
        Case {
            language: "tr",
            phrase: "destek",
            fires: &["desteğe ihtiyacım var", "desteği arayın", "destekten yanıt yok", "desteğiniz", "destekle görüş"],
            silent: &["desen", "destan", "teste"],
        },
        Case {
            language: "tr",
            phrase: "müşteri temsilcisi",
            fires: &[
                "müşteri temsilcisine bağlan",
                "müşteri temsilcinize",
                "müşteri temsilcileri",
                "müşteri temsilcisiyle",
            ],
            silent: &["müşteri temsil", "temsilcisi müşteri"],
        },
        Case {
            language: "tr",
            phrase: "müşteri hizmetleri",
            fires: &[
                "müşteri hizmetlerine bağlan",
                "müşteri hizmetleriyle",
                "müşteri hizmetlerinden",
                "musteri hizmetlerini",
            ],
            silent: &["hizmetleri müşteri", "müşteri hizmetçisi"],
        },
        // Without a language only what no other language could mean.
        Case {
            language: "",
            phrase: "temsilci",
            fires: &["temsilciye bağla", "temsilciler", "temsilciyle", "temsilci'ye", "temsilcinin", "temsilciyi"],
            silent: &["temsilcilik", "temsil"],
        },
        // The letters or words of the message tell its language.
        Case {
            language: "",
            phrase: "operatör",
            fires: &[
                "operatöre bağla",
                "bir operatorle konusmak",
                "operatöre ihtiyacım var",
                "operatörü bağlayın",
                "lütfen operatörden",
            ],
            silent: &["operatoree", "operatorka"],
        },
        Case { language: "", phrase: "İnsan'a bağla", fires: &["insana bağla"], silent: &["insanlık"] },
        Case {
            language: "",
            phrase: "WhatsApp",
            fires: &["WhatsApp'tan yazıyorum", "whatsapp'a"],
            silent: &["whatsapplogin"],
        },
    ]);
}

#[test]
fn finnish_cases_are_heard() {
    check(&[
        Case {
            language: "fi",
            phrase: "asiakaspalvelu",
            fires: &[
                "haluan asiakaspalveluun",
                "asiakaspalvelun numero",
                "asiakaspalvelusta ei vastata",
                "asiakaspalvelulle viesti",
                "asiakaspalvelua kiitos",
                "asiakaspalvelussa",
                "asiakaspalvelukin",
                "asiakaspalvelusi",
            ],
            silent: &["asiakas", "palvelu", "asiakaspalvelumaksu", "asiakaspalvelutiski", "asiakaspalaute"],
        },
        Case {
            language: "fi",
            phrase: "ihminen",
            fires: &["haluan puhua ihmisen kanssa", "ihmiselle", "ihmistä", "ihmisiä", "onko ihmisiltä"],
            silent: &["ihme", "ihmissuhde", "ihmeellinen"],
        },
        Case {
            language: "fi",
            phrase: "henkilö",
            fires: &["henkilölle", "henkilön kanssa", "henkilöä", "henkilöltä", "asiakashenkilö"],
            silent: &["henki", "henkilökohtainen", "henkilöstö"],
        },
        Case { language: "fi", phrase: "tuki", fires: &["tuen", "tukeen", "tukea"], silent: &["tukka", "tukkia"] },
        Case {
            language: "fi",
            phrase: "agentti",
            fires: &["agentin", "agentille", "agenttia"],
            silent: &["agentuuri"],
        },
    ]);
}

#[test]
fn german_compounds_plurals_and_genitives_are_heard() {
    check(&[
        Case {
            language: "de",
            phrase: "Mitarbeiter",
            fires: &[
                "ich möchte mit einem Mitarbeiter reden",
                "gibt es Mitarbeiterinnen?",
                "eine Mitarbeiterin bitte",
                "den Mitarbeitern",
                "des Mitarbeiters",
                "ein Kundendienstmitarbeiter",
                "einen Service-Mitarbeiter",
                "Servicemitarbeiterin",
            ],
            silent: &["Mitarbeitergespräch", "Mitarbeiterparkplatz", "mitarbeiten", "Arbeiter", "Mitarbeit"],
        },
        Case {
            language: "de",
            phrase: "Agent",
            fires: &["die Agenten", "Agentin", "des Agents", "dem Agenten", "Reiseagent", "Reisebüroagenten"],
            silent: &["Agentur", "Agenda", "Reagenz", "Agentenfilm", "Werbeagentur"],
        },
        Case {
            language: "de",
            phrase: "mit einem Menschen sprechen",
            fires: &["mit dem Menschen sprechen", "mit Menschen sprechen", "mit nem Menschen sprechen"],
            silent: &["mit Menschenrechten", "Menschen sprechen mit"],
        },
        Case {
            language: "de",
            phrase: "zum Berater",
            fires: &["zu einem Berater", "zu Beratern", "zum Kundenberater"],
            silent: &["zum Rater"],
        },
        Case {
            language: "de",
            phrase: "Kunden Service",
            fires: &["Kundenservice", "Kunden-Service"],
            silent: &["Kunde service"],
        },
    ]);
}

#[test]
fn italian_elisions_and_plurals_are_heard() {
    check(&[
        Case {
            language: "it",
            phrase: "operatore",
            fires: &[
                "vorrei parlare con l'operatore",
                "l’operatore non risponde",
                "il numero dell'operatore",
                "all'operatore",
                "un operatore per favore",
                "gli operatori",
                "un'operatrice",
                "dell´operatore",
                "dall'operatore",
                "quell'operatore",
            ],
            silent: &["operatorio", "cooperatore", "operazione", "opera", "operato"],
        },
        Case {
            language: "it",
            phrase: "parlare con una persona",
            fires: &[
                "parlare con persone",
                "parlare con la persona",
                "parlare con persona",
                "parlare con delle persone umane",
            ],
            silent: &["parlare con personale", "persona con parlare"],
        },
        Case {
            language: "it",
            phrase: "agente",
            fires: &["agenti", "l'agente", "agl'agenti"],
            silent: &["agenzia", "reagente"],
        },
        Case {
            language: "",
            phrase: "operatore",
            fires: &["l'operatore", "dell’operatore", "all'operatore"],
            silent: &["cooperatore"],
        },
    ]);
}

#[test]
fn french_elisions_and_plurals_are_heard() {
    check(&[
        Case {
            language: "fr",
            phrase: "agent",
            fires: &[
                "je veux parler à l'agent",
                "l’agent ne répond pas",
                "d'agent",
                "des agents",
                "qu'agent",
                "une agente",
                "les agentes",
                "aux agents",
                "jusqu'agent",
                "agent svp",
            ],
            silent: &["agence", "agenda", "argent", "réagent", "agencement"],
        },
        Case {
            language: "fr",
            phrase: "parler à un conseiller",
            fires: &[
                "parler au conseiller",
                "parler à une conseillère",
                "parler aux conseillers",
                "parler à conseiller",
                "parler à l'un des conseillers",
            ],
            silent: &["parler un conseil", "conseiller à parler"],
        },
        Case {
            language: "",
            phrase: "agent",
            fires: &["l'agent", "d’agent", "l`agent"],
            silent: &["agence", "largent"],
        },
    ]);
}

#[test]
fn spanish_and_portuguese_articles_and_plurals_are_heard() {
    check(&[
        Case {
            language: "es",
            phrase: "hablar con un agente",
            fires: &[
                "hablar con el agente",
                "hablar con agentes",
                "hablar con la agente",
                "hablar con agente",
                "quiero hablar con algún agente",
            ],
            silent: &["hablar con la agencia", "agente con hablar"],
        },
        Case {
            language: "es",
            phrase: "operador",
            fires: &["operadores", "operadora", "operadoras", "la operadora", "OPERADORES"],
            silent: &["operar", "operación", "operado", "cooperador", "operatorio"],
        },
        Case {
            language: "es",
            phrase: "humano",
            fires: &["humana", "humanos", "humanas"],
            silent: &["humanidad", "humo"],
        },
        Case {
            language: "pt",
            phrase: "falar com um atendente",
            fires: &[
                "falar com o atendente",
                "falar com a atendente",
                "falar com atendentes",
                "falar com atendente",
                "quero falar com uma atendente",
            ],
            silent: &["falar com o atendimento", "atendente com falar"],
        },
        Case {
            language: "pt",
            phrase: "pessoa",
            fires: &["pessoas", "uma pessoa", "da pessoa", "à pessoa", "Pessoas!"],
            silent: &["pessoal", "pessoalmente", "pesso", "peso", "despessoa"],
        },
        Case {
            language: "pt",
            phrase: "reclamação",
            fires: &["reclamações", "reclamacoes", "reclamação"],
            silent: &["reclamar"],
        },
        Case { language: "pt", phrase: "ajuda de alguém", fires: &["ajuda do alguém"], silent: &["ajudante"] },
    ]);
}

#[test]
fn english_genitives_plurals_and_articles_are_heard() {
    let cases = ["", "en"].map(|language| Case {
        language,
        phrase: "speak to agent",
        fires: &[
            "can I speak to an agent",
            "speak to the agent",
            "speak to agents",
            "speak to an agent's manager",
            "speak to a agent",
            "Speak to the agents please",
            "I'd like to speak to an agent",
            "speak to the agent’s boss",
            "SPEAK TO AN AGENT!!",
            "speak to agent",
        ],
        silent: &["speak to agency", "speak to an agenda", "agent to speak", "speak two agent", "bespeak to agent"],
    });
    check(&cases);
    check(&[
        Case {
            language: "",
            phrase: "human",
            fires: &["humans", "human's", "a human", "are you human?", "the human’s job"],
            silent: &["humane", "inhuman", "humanity", "humanoid", "humanitarian"],
        },
        Case { language: "en", phrase: "agency", fires: &["agencies"], silent: &["agent"] },
        Case {
            language: "",
            phrase: "person",
            fires: &["persons", "person's"],
            silent: &["personne", "personal", "persona"],
        },
        Case { language: "", phrase: "can", fires: &["can"], silent: &["can't", "canst", "cane"] },
        Case {
            language: "",
            phrase: "can't reach",
            fires: &["can`t reach", "cant reach", "can´t reach"],
            silent: &["reach can"],
        },
    ]);
}
