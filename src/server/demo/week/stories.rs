//! Stories: conversations with an online shop. A story consists of lines; `plan.rs` sets their times.
//!
//! To add a story, add an entry below. The bot answers the lines before the first answer of an agent.

use super::cast::Language;

/// A line of a story.
#[derive(Clone, Copy, Debug)]
pub enum StoryLine {
    /// The customer sends a text.
    Customer(&'static str),
    /// The customer sends a text that arrives much later.
    Late(&'static str),
    /// The customer sends a picture with this caption.
    Picture(&'static str),
    /// The customer sends a voice message.
    Voice,
    /// An agent answers.
    Agent(&'static str),
    /// Staff answer in the WhatsApp Business app.
    Staff(&'static str),
}

/// The lines of a conversation. If no handoff was requested, the agent takes it over from the bot.
pub type Story = &'static [StoryLine];

/// The stories of a language, used in turn.
pub fn of(language: Language) -> &'static [Story] {
    match language {
        Language::English => ENGLISH,
        Language::Portuguese => PORTUGUESE,
        Language::German => GERMAN,
        Language::Arabic => ARABIC,
    }
}

use StoryLine::{Agent, Customer, Late, Picture, Staff, Voice};

const ENGLISH: &[Story] = &[
    &[
        Customer("Hi! My order 48213 says delivered but there is no parcel here"),
        Customer("can I speak to agent please"),
        Agent("Hi, this is the Acme team. I'm looking into 48213 now."),
        Agent(
            "The courier left it at the parcel shop on the corner yesterday at 16:40. Should I send you the pickup \
             code?",
        ),
        Customer("Oh! yes please"),
        Agent("It's 7719. They're open until 20:00 today."),
        Customer("Found it, thank you so much 🙏"),
    ],
    &[Customer("Do you ship to Norway?"), Customer("ok thanks")],
    &[
        Customer("Hi, the mug I ordered arrived broken"),
        Picture("This is how it came out of the box"),
        Customer("I would like to speak to agent"),
        Agent("I'm so sorry about that! Thanks for the photo, that's all I need."),
        Agent("A new one ships today, and you don't have to send the broken one back."),
        Customer("That was quick. Great service!"),
    ],
    &[
        Customer("Is the walnut desk lamp coming back in stock?"),
        Customer("I've been waiting for three weeks"),
        Agent("Hi! It's back on Thursday, and I've set one aside for you."),
        Customer("Wow, perfect. I'll order on Thursday then"),
    ],
    &[Customer("What are your opening hours?")],
    &[
        Customer("I was charged twice for the same order"),
        Customer("human"),
        Agent("Hi, I can see both charges. The second one was a reservation and has already been released."),
        Customer("When will I see it on my account?"),
        Agent("Banks take two to three working days. If it's still there on Friday, just message us here."),
        Customer("ok 👍"),
    ],
    &[
        Customer("hey, how do I change the delivery address"),
        Customer("Speak to agent!!"),
        Agent("Hi! Which order is it, and what is the new address?"),
        Customer("51877. 12 Harbour Lane, second floor"),
        Agent("Done: 51877 goes to 12 Harbour Lane, second floor. It leaves tomorrow morning."),
        Customer("you are a star ⭐"),
    ],
    &[Customer("Can I pay with a gift card?"), Customer("And combine it with a discount code?")],
    &[
        Customer("Good morning"),
        Voice,
        Customer("It's easier to explain to a person, speak to agent please"),
        Agent("Good morning! I've listened to your message. The blue one fits 32 cm frames, so yes, it will work."),
        Customer("Great, then I'll take two"),
        Agent("I've put two in your basket. Here's the payment link: https://shop.acme.test/basket/8842"),
        Customer("Paid. Thanks!"),
    ],
    &[
        Late("My parcel is supposed to come today, is there any way to pick it up instead?"),
        Agent("Hi! Sorry, your message reached us late. You can pick it up at depot 4 until 18:00."),
        Customer("No problem, it's arrived in the meantime"),
    ],
    &[
        Customer("Size M is far too small, can I swap it for an L?"),
        Customer("let me speak to agent"),
        Agent("Of course. I've emailed you a return label, and an L is reserved for you."),
        Customer("Does the swap cost anything?"),
        Agent("No, exchanges are free within 30 days."),
        Customer("Lovely, thank you"),
    ],
    &[Customer("Thanks for the fast delivery, the tea is wonderful 🍵")],
    &[
        Customer("Are you at the market this Saturday?"),
        Staff("Yes, from 9 to 2, right by the fountain. See you there!"),
        Customer("See you!"),
    ],
    &[
        Customer("I need 40 gift boxes for a company event, is there a price list?"),
        Agent(
            "Sounds like a great event! For 40 boxes you get 15 % off, delivered on one pallet. When do you need them?",
        ),
        Customer("By the 14th"),
        Agent("That works. I'll email you a quote within the hour."),
        Customer("Got it, we'll take it"),
    ],
];

const PORTUGUESE: &[Story] = &[
    &[
        Customer("Oi, bom dia! Meu pedido ainda não chegou"),
        Customer("quero falar com atendente"),
        Agent("Bom dia! Já estou vendo o seu pedido: ele sai hoje para entrega, até as 18h."),
        Customer("Ah que bom, obrigada!"),
    ],
    &[Customer("Vocês entregam em Belo Horizonte?"), Customer("Obrigado")],
    &[
        Customer("Recebi a cor errada"),
        Picture("Pedi azul e veio verde"),
        Customer("Falar com atendente, por favor"),
        Agent("Peço desculpa pela troca. A azul segue amanhã e recolhemos a verde no mesmo momento."),
        Customer("Perfeito 😊"),
    ],
];

const GERMAN: &[Story] = &[
    &[
        Customer("Guten Tag, ich finde meine Rechnung nicht"),
        Customer("Kann ich mit einem Mitarbeiter sprechen?"),
        Agent("Guten Tag! Die Rechnung zu Ihrer letzten Bestellung ist soeben per E-Mail unterwegs."),
        Customer("Angekommen, vielen Dank"),
    ],
    &[Customer("Kann ich die Bestellung auch im Laden abholen?")],
    &[
        Customer("Der Rabattcode FRUEHLING geht nicht"),
        Agent("Hallo, der Code galt bis gestern. Ich schalte ihn für Sie noch einmal frei, bitte neu versuchen."),
        Customer("Jetzt klappt es, super!"),
    ],
];

const ARABIC: &[Story] = &[
    &[
        Customer("مرحبا، متى يصل طلبي رقم 50312؟"),
        Customer("أريد التحدث مع موظف"),
        Agent("أهلاً بك! طلبك في الطريق ويصل غداً قبل الظهر."),
        Customer("شكراً جزيلاً"),
    ],
    &[Customer("هل يوجد توصيل إلى عمّان؟")],
];

/// A current conversation: who has it, and how long ago each line was sent.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    /// Index of the agent who has the conversation.
    pub agent: Option<usize>,
    /// Lines, each with the number of seconds between it and now.
    pub lines: &'static [(i64, StoryLine)],
}

/// Two conversations wait (one for too long), Ana and Ben have three, and the bot has three.
pub const PRESENT: [Present; 8] = [
    Present {
        agent: None,
        lines: &[
            (940, Customer("Hi, my coffee grinder stopped working after two days")),
            (860, Customer("I want to speak to agent about a refund")),
            (420, Customer("Is anyone there?")),
        ],
    },
    Present {
        agent: None,
        lines: &[
            (150, Customer("Hi, quick question about order 52904")),
            (40, Customer("Could I speak to agent? It's about the invoice address")),
        ],
    },
    Present {
        agent: Some(0),
        lines: &[
            (3_000, Customer("Which of your teapots work on induction?")),
            (2_950, Customer("speak to agent")),
            (2_860, Agent("Hi! The cast-iron one does, the glass one doesn't.")),
            (2_700, Customer("And does it come with a strainer?")),
            (2_640, Agent("Yes, a steel strainer is included. It holds 0.8 liters.")),
            (300, Customer("Great. Can I have it wrapped as a gift?")),
        ],
    },
    Present {
        agent: Some(0),
        lines: &[
            (1_500, Customer("The tracking page has shown the same city for four days")),
            (1_460, Customer("I would like to speak to agent")),
            (1_390, Agent("Sorry for the wait. I've asked the courier and expect an answer within the hour.")),
            (1_300, Picture("This is what I see")),
            (1_200, Agent("Thanks, that helps. I'll message you here as soon as I know more.")),
        ],
    },
    Present {
        agent: Some(1),
        lines: &[
            (4_200, Customer("Olá! Posso trocar a morada de entrega?")),
            (4_150, Customer("falar com atendente")),
            (3_700, Agent("Olá! Claro. Qual é a nova morada, por favor?")),
            (3_500, Customer("Rua das Flores 18, 4000-120 Porto")),
            (3_420, Agent("Feito. A entrega fica para quinta-feira.")),
        ],
    },
    Present { agent: None, lines: &[(2_400, Customer("Do you have this in green?"))] },
    Present {
        agent: None,
        lines: &[(720, Customer("hello 👋")), (690, Customer("how long does delivery to Cairo take?"))],
    },
    Present { agent: None, lines: &[(300, Customer("I saw your spring offer, is it still on?"))] },
];
