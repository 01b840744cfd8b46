//! What customers say who need a person, and what bots say who cannot help, a table per language.
//!
//! Entries are separated by `|`. Case, accents and punctuation do not matter. The words of `reach`, `want` and `person`
//! also count with the endings of their language (`keyword/tables.rs`); phrases are written out. To add a language: a
//! table here, its place in [`LANGUAGES`], and forty labelled conversations. Without a table, a language still has the
//! signs that need no words: repetitions, failures, capitals, `!!!`, and late answers.

use crate::keyword::Tongue;

/// Where the verb of a request stands, seen from the word for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VerbPlace {
    Before,
    /// "Speak with a person" is "mit einem Menschen sprechen" in German and Dutch.
    Around,
}

/// The phrases of a language.
pub(super) struct Language {
    pub tongue: Tongue,
    pub verb: VerbPlace,
    /// Verbs of getting in touch. With a person near them they are a request.
    pub reach: &'static str,
    /// Verbs of wishing. With a person right after them they are a request.
    pub want: &'static str,
    pub person: &'static str,
    /// Phrases in which the word for a person means something else.
    pub others: &'static str,
    /// Requests without a verb, and questions whether the bot is one.
    pub asks: &'static str,
    /// Makes the opposite of a request that follows.
    pub declines: &'static str,
    pub anger: &'static str,
    /// The answer was no help.
    pub unhelped: &'static str,
    /// The customer says that they wrote it before.
    pub told: &'static str,
    /// The bot asks whether its answer helped.
    pub asks_if_helped: &'static str,
    /// How an answer begins that denies it.
    pub denials: &'static str,
    /// The bot says that it does not understand, or that an answer is not valid.
    pub lost: &'static str,
    /// It works now: what was said before counts no longer.
    pub solved: &'static str,
    /// Exclamation marks beside these are joy.
    pub pleased: &'static str,
    /// Words of sentences, by which capitals of a sentence differ from those of a name or an address.
    pub common: &'static str,
}

pub(super) const LANGUAGES: &[Language] = &[ENGLISH, GERMAN, SPANISH, PORTUGUESE, FRENCH, ITALIAN, DUTCH];

const ENGLISH: Language = Language {
    tongue: Tongue::English,
    verb: VerbPlace::Before,
    reach: "speak|talk|chat|connect me|transfer me|contact|reach|escalate|put me through|pass me|call|hear from|\
        ask for",
    want: "want|need|get|give me|prefer|rather",
    person: "human|person|agent|representative|rep|operator|advisor|adviser|manager|supervisor|somebody|someone|\
        anybody|anyone|colleague|support team|customer service|customer care|employee|boss",
    others: "human resources|human rights|travel agent|estate agent|insurance agent|cleaning agent|sales agent|\
        letting agent|sales representative|sales rep|tour operator|contact person|per person|one person|in person|\
        project manager|account manager|password manager|free agent|secret agent|someone else|missing person|\
        employee discount|employee id",
    asks: "real person|real human|actual person|actual human|human please|agent please|person please|someone real|\
        somebody real|live agent|live chat|live person|human being|anybody there|anyone there|somebody there|\
        someone there|call me|phone me|ring me|call me back|are you a bot|are you a robot|are you human|are you real|\
        you a bot|you a robot|to a robot|to a bot|to a machine|talking to a human|not a bot|not a robot|no bots|\
        stop the bot|customer service please|file a complaint|make a complaint",
    declines: "dont want|do not want|dont need|do not need|no need|without|not want|not need|dont have|didnt want|\
        rather not|instead of|dont like|do i have|have you",
    anger: "ridiculous|useless|unacceptable|outrageous|disgusting|disgrace|disgraceful|pathetic|this is rubbish|\
        absolute rubbish|what rubbish|complete garbage|crap|bullshit|shit|fuck|fucking|wtf|damn|scam|scammers|\
        a fraud|thieves|liars|you are lying|lying to me|idiot|idiots|stupid|a joke|so angry|furious|so annoyed|\
        really annoyed|frustrated|frustrating|fed up|sick of|had enough|waste of time|the worst|worst service|\
        terrible service|awful|horrible service|kidding me|my lawyer|a lawyer|sue you|call the police|\
        trading standards|report you|small claims|my money back|never again|incompetent|nonsense|hate this",
    unhelped: "didnt help|did not help|doesnt help|does not help|not helpful|unhelpful|no help|not helping|\
        not what i asked|not what i meant|not my question|didnt answer|not an answer|doesnt answer|you dont understand|\
        youre not listening|you are not listening|not understanding|still not working|still doesnt work|still broken|\
        still nothing|still the same|same as before|same problem|doesnt work|nothing works|makes no sense|no sense|\
        no thats wrong|wrong answer|thats wrong",
    told: "already told|already said|as i said|like i said|i told you|told you|third time|second time|fourth time|\
        for weeks|for days|for months|several times|many times|how many times|again and again|keep asking|\
        been waiting|still waiting|already described|already explained|already tried|already did|been two weeks|\
        been three weeks|been a week|been a month|weeks ago",
    asks_if_helped: "did that help|did this help|was this helpful|was that helpful|does that help|does this help|\
        does this answer|did this answer|did i answer|did that solve|did this solve|is it working now|does it work now",
    denials: "no|nope|nah|not|negative|isnt|wasnt|unfortunately not|it didnt|it does not|it doesnt",
    lost: "didnt understand|did not understand|dont understand|do not understand|didnt get that|didnt catch|not sure i understand|\
        isnt a valid|is not a valid|not valid|invalid|enter a valid|please rephrase|couldnt look|could not look|\
        something went wrong|try again later|i cant help with that|cannot help with that",
    solved: "works now|its working|working now|it works|that worked|solved|found it|all good|all sorted|sorted now|got it|\
        never mind|that helped|that did it",
    pleased: "thanks|thank|great|amazing|awesome|love|lovely|perfect|brilliant|wow|yay|finally|nice|cool|excellent|yes|\
        congratulations|happy",
    common: "i|my|me|is|the|are|you|where|why|not|no|have|want|need|when|what|it|this|how|still|nobody|been|waiting",
};

const GERMAN: Language = Language {
    tongue: Tongue::German,
    verb: VerbPlace::Around,
    reach: "sprechen|reden|verbinden|telefonieren|kontaktieren|weiterleiten|durchstellen|erreichen|chatten|spreche|\
        rede|erreiche|verbinde|verbinden sie|stellen sie mich|leiten sie",
    want: "ich will|ich möchte|ich moechte|möchte einen|will einen|brauche|geben sie|gib mir|hätte gern|verlange",
    person: "mensch|person|mitarbeiter|sachbearbeiter|berater|kundenberater|kundendienst|kundenservice|agent|\
        operator|ansprechpartner|jemand|jemanden|jemandem|kollege|kollegin|vorgesetzte|vorgesetzten|chef|chefin",
    others: "mitarbeiterrabatt|pro person|eine person|einer person|personen|viele menschen|mitarbeiter im|\
        noch mitarbeiter|neue mitarbeiter|jemand anders|jemand anderem|persönlich abholen|menschenrechte",
    asks: "echten menschen|echter mensch|echte person|einen menschen bitte|mitarbeiter bitte|ist da jemand|\
        ist jemand da|jemand da|rufen sie mich|ruft mich|ruf mich|um rückruf|rückruf bitte|zurückrufen|\
        anrufen lassen|bist du ein roboter|bist du ein bot|sind sie ein roboter|sind sie ein bot|sind sie ein mensch|\
        bist du ein mensch|bist du echt|mit einem roboter|mit einer maschine|mit einem bot|kein bot|keinen bot|\
        wer ist zuständig|dafür zuständig|persönlich sprechen|beschwerde einreichen|will mich beschweren|\
        möchte mich beschweren",
    declines: "nicht|kein|keine|keinen|ohne|ungern|statt|muss ich",
    anger: "frechheit|unverschämt|unverschämtheit|lächerlich|unfassbar|das ist unmöglich|schlimmste|katastrophe|\
        betrug|betrüger|abzocke|verarschen|verarscht|scheiße|scheiss|so ein mist|mistbot|nutzlos|unbrauchbar|unfähig|\
        idioten|dumm|dämlich|bin sauer|echt sauer|wütend|stinksauer|schnauze voll|nase voll|reicht mir|zumutung|\
        meinen anwalt|mein anwalt|anwalt einschalten|anzeige erstatten|zur polizei|verbraucherschutz|\
        verbraucherzentrale|mein geld zurück|nie wieder|saftladen|sauladen|inakzeptabel|veräppeln|ein witz|\
        unterirdisch",
    unhelped: "hilft mir nicht|hilft nicht|nicht geholfen|nicht hilfreich|keine hilfe|nicht meine frage|nicht gefragt|\
        beantwortet nicht|keine antwort auf|du verstehst nicht|sie verstehen nicht|verstehst mich nicht|immer noch nicht|\
        geht immer noch|funktioniert nicht|funktioniert immer noch|geht nicht|klappt nicht|bringt nichts|\
        ergibt keinen sinn|falsche antwort|das ist falsch|dasselbe problem|gleiche problem|genau wie vorher",
    told: "wie gesagt|schon gesagt|bereits gesagt|habe ich schon|hab ich schon|habe ich bereits|zum dritten mal|\
        zum zweiten mal|dritte mal|seit wochen|seit tagen|seit monaten|seit zwei wochen|seit drei wochen|mehrmals|\
        mehrfach|immer wieder|warte seit|warte schon|warte immer noch",
    asks_if_helped: "hat das geholfen|hat ihnen das geholfen|war das hilfreich|hilft ihnen das|konnte ich helfen|\
        konnte ich ihnen helfen|ist ihre frage beantwortet|beantwortet das ihre frage|funktioniert es jetzt|geht es jetzt",
    denials: "nein|nee|nö|leider nicht|leider nein|nicht wirklich|überhaupt nicht|nicht",
    lost: "nicht verstanden|verstehe ich nicht|verstehe leider nicht|nicht gültig|keine gültige|ungültig|nicht geklappt|\
        noch einmal versuchen|versuchen sie es später|anders formulieren|ging etwas schief|etwas schiefgelaufen|\
        kann ich nicht helfen",
    solved: "geht jetzt|jetzt geht es|jetzt geht|funktioniert jetzt|jetzt funktioniert|hat geklappt|hat funktioniert|gelöst|erledigt|\
        gefunden|alles gut|hat sich erledigt|alles klar|hat geholfen",
    pleased: "danke|dank|super|toll|perfekt|klasse|geil|cool|prima|wow|juhu|endlich|ja|jaa|wunderbar|spitze|freue|\
        freu",
    common: "ich|mein|meine|ist|das|der|die|wo|warum|nicht|kein|sie|es|wann|was|wie|seit|immer|niemand|warte|jetzt",
};

const SPANISH: Language = Language {
    tongue: Tongue::Spanish,
    verb: VerbPlace::Before,
    reach: "hablar|hablo con|comunicar|comunicarme|comuníqueme|comunícame|contactar|contactarme|pasar con|pásame|\
        páseme|pasan con|pasa con|transferir|transfiérame|conectar con|conécteme|atienda|atiéndame|atender|llamar|\
        charlar|platicar|derivar",
    want: "quiero|quisiera|necesito|dame|deme|prefiero|exijo|solicito",
    person: "persona|humano|humana|agente|asesor|asesora|operador|operadora|representante|encargado|encargada|supervisor|\
        supervisora|gerente|alguien|ejecutivo|ejecutiva|empleado|ser humano|servicio al cliente|atención al cliente",
    others: "recursos humanos|derechos humanos|agente de viajes|agente inmobiliario|agente de ventas|\
        agente limpiador|agente de seguros|por persona|en persona|una persona o|para una persona|personas|\
        gerente de ventas|alguien más|persona natural|persona jurídica",
    asks: "persona real|humano real|alguien real|alguien de verdad|persona de verdad|un humano por favor|\
        una persona por favor|un asesor por favor|agente por favor|hay alguien|alguien ahí|alguien me atiende|\
        alguien me ayuda|alguien me puede|me puede llamar|me pueden llamar|llámenme|llámeme|llámame|que me llamen|\
        me llamen|me llame alguien|eres un robot|eres un bot|eres robot|esto es un robot|es usted un robot|\
        eres humano|eres real|no un bot|no un robot|con una máquina|con un robot|poner una queja|poner un reclamo|\
        presentar una queja",
    declines: "no quiero|no necesito|no hace falta|sin|no me gusta|en vez de|sin necesidad|tengo que",
    anger: "ridículo|inútil|inútiles|inaceptable|vergüenza|qué asco|una basura|mierda|carajo|maldito|maldita|estafa|\
        estafadores|un fraude|ladrones|mentirosos|mienten|idiota|idiotas|estúpido|estúpida|pésimo|pésima|horrible|\
        harto|harta|cansado de|cansada de|furioso|furiosa|muy molesto|muy molesta|estoy molesto|estoy molesta|\
        enojado|enojada|frustrado|frustrada|indignado|indignada|abogado|demandar|demandarlos|denuncio|denunciar|\
        a la policía|superintendencia|profeco|defensa del consumidor|devuélvanme|mi dinero|mi plata|nunca más|\
        una burla|se burlan|incompetentes|el colmo|no puede ser|peor servicio|pérdida de tiempo",
    unhelped: "no me ayuda|no me ayudó|no ayudó|no ayuda|no sirve|no me sirve|no me sirvió|no fue lo que|\
        no es lo que|no era mi pregunta|no es mi pregunta|no responde|no me entiende|no me entiendes|no entiendes|\
        no funciona|sigue igual|sigo igual|sigue sin|el mismo error|mismo problema|no tiene sentido|no es correcto",
    told: "ya le dije|ya te dije|ya dije|ya lo describí|ya lo expliqué|ya lo hice|ya intenté|como dije|como le dije|\
        tercera vez|segunda vez|cuántas veces|varias veces|muchas veces|otra vez lo mismo|hace semanas|hace días|\
        hace un mes|hace dos semanas|hace tres semanas|sigo esperando|llevo esperando|estoy esperando",
    asks_if_helped: "le ayudó|te ayudó|le sirvió|te sirvió|le fue útil|te fue útil|fue útil|respondí su|respondí tu|\
        resolvió su|resolvió tu|pude ayudar|pude ayudarle|ya funciona",
    denials: "no|nop|tampoco|para nada|no mucho|la verdad no|negativo",
    lost: "no entendí|no entiendo|no le entendí|no te entendí|no comprendí|no es válido|no válido|no válida|inválido|\
        inválida|hubo un error|intente de nuevo|intenta de nuevo|intente más tarde|algo salió mal|no puedo ayudar|\
        ingrese un número válido",
    solved: "ya funciona|ya funcionó|ya sirve|ya quedó|se resolvió|resuelto|solucionado|lo encontré|ya está|ya llegó|\
        todo bien|me sirvió|sí me ayudó",
    pleased: "gracias|genial|excelente|perfecto|qué bien|qué bueno|buenísimo|increíble|wow|emoción|feliz|amo|encanta|\
        por fin|bravo|maravilloso|sí",
    common: "mi|mis|me|no|que|qué|dónde|cuándo|por|es|está|el|la|lo|nadie|nada|quiero|llevo|esperando|ya|semanas",
};

const PORTUGUESE: Language = Language {
    tongue: Tongue::Portuguese,
    verb: VerbPlace::Before,
    reach: "falar|falo com|conversar|contatar|contactar|passar para|passar pra|passa pra|passa para|me passa|\
        transferir|me transfere|me transfira|encaminhar|encaminha|conectar|atenda|atender|chama um|chame um|\
        chamar um|chamar alguém|chama alguém|ligar para",
    want: "quero|queria|gostaria de|preciso|prefiro|exijo|solicito|manda um",
    person: "pessoa|humano|humana|atendente|agente|consultor|consultora|operador|operadora|representante|responsável|\
        supervisor|supervisora|gerente|alguém|funcionário|funcionária|ser humano|suporte|sac|vendedor|vendedora",
    others: "recursos humanos|direitos humanos|agente de viagens|agente imobiliário|agente de limpeza|agente de saúde|\
        vaga de atendente|por pessoa|pessoas|uma pessoa só|gerente de vendas|pessoa jurídica|pessoa física",
    asks: "pessoa real|pessoa de verdade|humano de verdade|alguém de verdade|atendente por favor|um humano por favor|\
        tem alguém|alguém aí|alguém me atende|alguém me ajuda|alguém pode me|me ligar|me liga|me ligue|me ligam|\
        ligar pra mim|ligar para mim|você é um robô|vc é um robô|isso é um robô|você é robô|vc é robô|você é humano|\
        você é real|com um robô|com robô|com máquina|atendimento humano|fazer uma reclamação|abrir uma reclamação|\
        registrar uma reclamação",
    declines: "não quero|não preciso|não precisa|sem|não gosto|em vez de|tenho que|sem precisar",
    anger: "ridículo|ridícula|inútil|inaceitável|um absurdo|que absurdo|vergonha|que nojo|um lixo|merda|porra|\
        caralho|que droga|que inferno|é golpe|um golpe|golpistas|uma fraude|ladrões|ladrão|mentirosos|mentira|idiota|\
        idiotas|robô burro|que burro|estúpido|péssimo|péssima|horrível|cansado de|cansada de|cansei|furioso|furiosa|\
        irritado|irritada|que raiva|com raiva|frustrado|frustrada|indignado|indignada|advogado|vou processar|\
        processar vocês|procon|na polícia|reclame aqui|denunciar|meu dinheiro|nunca mais|palhaçada|descaso|\
        incompetentes|pior atendimento|perda de tempo|sacanagem|enganação|desrespeito",
    unhelped: "não me ajuda|não ajuda|não ajudou|não me ajudou|não adiantou|não adianta|não serve|não foi isso|não é isso|\
        não era isso|não é minha pergunta|não respondeu|você não entende|não tá entendendo|não está entendendo|\
        não funciona|não funcionou|continua igual|continua sem|mesmo erro|esse erro|mesmo problema|não faz sentido|\
        continua a mesma|não resolve|não resolveu",
    told: "já falei|já disse|já te falei|já expliquei|já descrevi|já fiz|já tentei|como eu disse|como falei|\
        terceira vez|segunda vez|quantas vezes|várias vezes|muitas vezes|de novo a mesma|faz semanas|faz dias|\
        faz um mês|faz duas semanas|faz três semanas|continuo esperando|tô esperando|estou esperando|há semanas|\
        há dias",
    asks_if_helped: "ajudou|isso ajudou|te ajudou|consegui ajudar|foi útil|respondi sua|resolveu seu|respondi a sua|\
        deu certo|funcionou",
    denials: "não|nao|n|nada|nem um pouco|não muito|de jeito nenhum|negativo",
    lost: "não entendi|não compreendi|não entendo|não é válido|não é válida|inválido|inválida|não consegui|tente de novo|\
        tente novamente|tente mais tarde|algo deu errado|ocorreu um erro|não posso ajudar",
    solved: "agora foi|agora deu|deu certo|funcionou|já funcionou|tá funcionando|está funcionando|resolvido|resolveu tudo|\
        achei|encontrei|tudo certo|tudo ok|já chegou",
    pleased: "obrigado|obrigada|obrigadaaa|valeu|ótimo|ótima|perfeito|maravilha|que bom|que tudo|amei|adorei|uau|nossa|\
        feliz|finalmente|show|legal|sim|aeee",
    common: "meu|minha|me|não|que|onde|cadê|quando|por|é|está|tá|o|a|ninguém|nada|quero|já|faz|esperando|mês|vocês",
};

const FRENCH: Language = Language {
    tongue: Tongue::French,
    verb: VerbPlace::Before,
    reach: "parler|contacter|joindre|transférer|transférez|passez moi|passer un|me passer|en relation|discuter|\
        échanger avec|appeler|mettre en contact",
    want: "veux|voudrais|souhaite|souhaiterais|besoin|préfère|exige|donnez moi",
    person: "humain|humaine|conseiller|conseillère|agent|opérateur|opératrice|responsable|quelqu'un|interlocuteur|\
        superviseur|manager|employé|vraie personne|une personne|être humain|service client|technicien|collègue|gestionnaire",
    others: "ressources humaines|droits humains|droits de l'homme|agent immobilier|agent de voyage|agent nettoyant|\
        par personne|en personne|conseiller clientèle|pour une personne|quelqu'un d'autre",
    asks: "vraie personne|vrai humain|un humain svp|un conseiller svp|un humain s'il|un conseiller s'il|\
        il y a quelqu'un|y a quelqu'un|quelqu'un peut|me rappeler|rappelez moi|me téléphoner|m'appeler|êtes un robot|\
        es un robot|es tu un robot|êtes vous un robot|êtes vous humain|pas un robot|à un robot|avec un robot|\
        avec une machine|service client svp|faire une réclamation|déposer une réclamation",
    declines: "pas envie|ne veux pas|veux pas|pas besoin|sans|au lieu de|n'ai pas envie|plutôt que",
    anger: "ridicule|inutile|inutiles|inadmissible|inacceptable|scandaleux|scandale|une honte|honteux|c'est nul|\
        êtes nuls|merde|putain|bordel|arnaque|arnaqueurs|escroc|escrocs|voleurs|menteurs|idiot|idiots|stupide|\
        connards|marre|ras le bol|furieux|furieuse|énervé|énervée|en colère|frustré|frustrée|mon avocat|\
        prendre un avocat|au tribunal|porter plainte|déposer plainte|à la police|répression des fraudes|mon argent|\
        plus jamais|incompétents|n'importe quoi|sert à rien|perte de temps|pire service|foutez|moquez|honteuse",
    unhelped: "ne m'aide pas|n'aide pas|pas aidé|aidé en rien|pas utile|pas ma question|pas ce que j'ai|pas répondu|\
        ne répond pas|comprenez pas|comprends pas ma|ne comprenez rien|ne marche pas|marche pas|fonctionne pas|\
        toujours pareil|toujours pas|toujours rien|toujours la même|même erreur|même problème|pas de sens|aucun sens|\
        c'est faux|rien ne marche",
    told: "déjà dit|déjà décrit|déjà expliqué|déjà fait|déjà essayé|comme je l'ai dit|je répète|je vous répète|\
        troisième fois|deuxième fois|combien de fois|plusieurs fois|depuis des semaines|depuis des jours|\
        depuis un mois|depuis deux semaines|fait deux semaines|fait trois semaines|j'attends toujours|\
        j'attends depuis|que j'attends",
    asks_if_helped: "vous a aidé|t'a aidé|cela a aidé|ça a aidé|est ce utile|cela répond|ai je répondu|est ce que ça marche|\
        cela fonctionne",
    denials: "non|nan|pas vraiment|pas du tout|toujours pas|hélas non|malheureusement non",
    lost: "pas compris|ne comprends pas|pas valide|non valide|invalide|une erreur est survenue|réessayez|essayez à nouveau|\
        plus tard|un problème est survenu|ne peux pas vous aider|reformuler",
    solved: "ça marche maintenant|marche maintenant|ça marche|c'est bon|résolu|réglé|trouvé|tout est bon|tout va bien|\
        ça fonctionne|c'est réglé",
    pleased: "merci|super|génial|parfait|excellent|wow|youpi|enfin|contente|content|heureux|heureuse|ravi|ravie|oui|ouii|\
        top|bravo|adore|chouette|cool",
    common: "je|j'|mon|ma|mes|ne|pas|que|où|quand|pourquoi|est|c'est|le|la|personne|rien|veux|attends|ça|fait|vous",
};

const ITALIAN: Language = Language {
    tongue: Tongue::Italian,
    verb: VerbPlace::Before,
    reach: "parlare|parlo|contattare|passare|passatemi|passami|mi passi|trasferire|chiamare|spiegare|comunicare",
    want: "voglio|vorrei|bisogno|preferisco|pretendo",
    person: "persona|umano|umana|operatore|operatrice|agente|consulente|responsabile|qualcuno|addetto|addetta|assistente|\
        essere umano|servizio clienti",
    others: "risorse umane|diritti umani|agente immobiliare|agente di viaggio|per persona|di persona|qualcun altro",
    asks: "persona vera|persona reale|operatore umano|un operatore per favore|c'è qualcuno|qualcuno mi|richiamatemi|\
        mi richiami|mi chiami|sei un robot|sei un bot|siete un robot|non un bot|fare un reclamo",
    declines: "non voglio|non serve|senza|non ho voglia|invece di",
    anger: "ridicolo|inutile|inutili|inaccettabile|vergogna|schifo|merda|cazzo|truffa|truffatori|ladri|bugiardi|idioti|\
        stupido|pessimo|pessima|stufo|stufa|furioso|furiosa|arrabbiato|arrabbiata|avvocato|denuncia|polizia|\
        i miei soldi|mai più|presa in giro|incompetenti",
    unhelped: "non mi aiuta|non aiuta|non è servito|non serve a|non è quello che|non è la mia domanda|non hai capito|\
        non capisci|non funziona|sempre uguale|ancora niente|stesso errore|stesso problema|non ha senso",
    told: "ho già detto|l'ho già|come ho detto|terza volta|seconda volta|quante volte|più volte|da settimane|due settimane|\
        tre settimane|sto aspettando|aspetto da",
    asks_if_helped: "ti è stato utile|le è stato utile|è stato utile|ho risposto alla|ha risolto",
    denials: "no|per niente|non proprio|purtroppo no",
    lost: "non ho capito|non capisco|non è valido|non valido|non valida|riprova|si è verificato un errore|\
        non posso aiutare",
    solved: "ora funziona|adesso funziona|funziona|risolto|trovato|tutto a posto",
    pleased: "grazie|perfetto|ottimo|fantastico|wow|evviva|finalmente|bello|bellissimo|sì|contento|contenta",
    common: "io|mio|mia|mi|non|che|dove|quando|perché|è|il|la|nessuno|niente|voglio|aspetto|da|sono",
};

const DUTCH: Language = Language {
    tongue: Tongue::Dutch,
    verb: VerbPlace::Around,
    reach: "spreken|praten|contact opnemen|in contact|verbinden|doorverbinden|bellen|bereiken",
    want: "wil|wilde|nodig|liever|graag",
    person: "mens|persoon|medewerker|collega|iemand|adviseur|agent|klantenservice|manager|leidinggevende",
    others: "per persoon|twee personen|personen|mensenrechten|iemand anders|medewerkerskorting",
    asks: "echt mens|echte persoon|een mens alsjeblieft|medewerker alstublieft|is daar iemand|is er iemand|bel mij|bel me|\
        terugbellen|ben je een robot|bent u een robot|geen bot|klacht indienen",
    declines: "niet|geen|zonder|in plaats van|hoef",
    anger: "belachelijk|nutteloos|onacceptabel|schande|schandalig|kut|klote|oplichting|oplichters|dieven|idioten|\
        zo dom|ben boos|woedend|gefrustreerd|ben het zat|mijn advocaat|naar de politie|aangifte doen|mijn geld terug|\
        nooit meer|waardeloos",
    unhelped: "helpt niet|niet geholpen|niet mijn vraag|niet wat ik vroeg|begrijpt me niet|werkt niet|nog steeds niet|\
        nog steeds niets|zelfde probleem|zelfde fout|slaat nergens op",
    told: "al gezegd|zoals ik zei|derde keer|tweede keer|hoe vaak|meerdere keren|al weken|twee weken|drie weken|\
        wacht nog steeds|wacht al",
    asks_if_helped: "heeft dit geholpen|heeft dat geholpen|was dit nuttig|is je vraag beantwoord|\
        is uw vraag beantwoord",
    denials: "nee|helaas niet|niet echt|helemaal niet",
    lost: "niet begrepen|begrijp ik niet|niet geldig|ongeldig|probeer het opnieuw|er ging iets mis|\
        kan ik niet helpen",
    solved: "werkt nu|het werkt|opgelost|gevonden|is gelukt",
    pleased: "bedankt|dank|super|geweldig|perfect|top|leuk|wow|eindelijk|mooi|ja|blij",
    common: "ik|mijn|mij|is|het|de|waar|waarom|niet|geen|jullie|wanneer|wat|niemand|wacht|al",
};
