//! How people say thanks, a list per language, and what they say beside it. Only what can mean nothing else stands
//! here: a missing phrase costs an answer that nobody needed, a wrong one leaves a customer without an answer.
//!
//! To add a language: its entry in [`LANGUAGES`] and its row in `quiet_tests.rs`. Case, accents, repeated letters and
//! punctuation do not matter.

/// Whether a language separates words by spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Spaced,
    Unspaced,
}

/// The phrases of a language, separated by `|`.
pub(super) struct Language {
    pub script: Script,
    /// Phrases that say thanks.
    pub thanks: &'static str,
    /// What may stand beside them. Alone, it is no thank-you.
    pub beside: &'static str,
}

const fn spaced(thanks: &'static str, beside: &'static str) -> Language {
    Language { script: Script::Spaced, thanks, beside }
}

const fn unspaced(thanks: &'static str, beside: &'static str) -> Language {
    Language { script: Script::Unspaced, thanks, beside }
}

/// What stands beside thanks in every language.
pub(super) const SHARED: &str = "ok|okay|okey|oki|super|top";

/// The word for stars after a number, folded.
pub(super) const STARS: &[&str] = &[
    "star",
    "stars",
    "stern",
    "sterne",
    "sternchen",
    "estrella",
    "estrellas",
    "estrela",
    "estrelas",
    "etoile",
    "etoiles",
    "stella",
    "stelle",
    "ster",
    "sterren",
    "gwiazdka",
    "gwiazdki",
    "gwiazdek",
    "yildiz",
    "نجوم",
    "نجمات",
    "כוכבים",
    "별",
    "星",
    "звезда",
    "звезды",
    "звезд",
    "зірка",
    "зірки",
    "зірок",
    "tahtea",
    "stjarna",
    "stjarnor",
    "αστερια",
];

pub(super) const LANGUAGES: &[Language] = &[
    // English
    spaced(
        "thanks|thank you|thankyou|thank u|thank ya|thx|thnx|thanx|tnx|tks|ty|tysm|tyvm|cheers|no thanks|\
         no thank you|much appreciated|appreciated|appreciate it|i appreciate it|really appreciate it|\
         i really appreciate it",
        "very much|so much|a lot|a bunch|a million|a ton|again|many|kindly|all|for your help|for the help|\
         for all your help|for all the help|for your time|for your support|for the support|for everything|\
         for helping|for helping me|for the quick reply|for your quick reply|for the quick help|for your quick help|\
         for the fast reply|for your patience|for the info|for the information|for your kind help|great|perfect|\
         awesome|cool|wonderful|amazing|excellent|lovely|fantastic|brilliant|good|all good|got it|understood|alright|\
         very kind|very helpful|you are very kind|you are the best|youre the best|have a nice day|have a great day|\
         have a good day|have a lovely day|have a good one|have a nice weekend|have a great weekend|\
         have a good weekend|have a nice evening|have a good evening|good night|bye|bye bye|goodbye|see you|\
         take care|you too|same to you|and|dear|sir|madam|guys|team|my friend|that is all|thats all|that was all|\
         no that is all|no thats all|thats it|no thats it|nothing else|all set|im all set|i am all set|that helped|\
         that helps|it works|it works now|works now|problem solved|solved|so kind|you are awesome|youre awesome|\
         you are amazing|youre amazing|you have been very helpful|youve been very helpful|great service|great job|\
         well done|that was quick|that was fast|mate|buddy|have a wonderful day|enjoy your day|enjoy your weekend",
    ),
    // German
    spaced(
        "danke|dankeschön|danke schön|dankeschoen|danke schoen|danke sehr|dankesehr|vielen dank|vielen lieben dank|\
         lieben dank|herzlichen dank|besten dank|recht herzlichen dank|tausend dank|ganz lieben dank|schönen dank|\
         ich danke ihnen|ich danke dir|ich danke euch|wir danken ihnen|merci|thx|vielen dank ihnen|nein danke",
        "ihnen|dir|euch|vielmals|nochmal|nochmals|noch einmal|für ihre hilfe|fuer ihre hilfe|für deine hilfe|\
         für die hilfe|fuer die hilfe|für die schnelle hilfe|für ihre schnelle hilfe|für die schnelle antwort|\
         fuer die schnelle antwort|für ihre mühe|für die mühe|für die info|für die auskunft|für alles|\
         für ihre unterstützung|für die unterstützung|für ihre zeit|perfekt|prima|klasse|toll|wunderbar|spitze|\
         alles klar|alles gut|sehr nett|sehr freundlich|lieb|sehr lieb|gut|schönen tag|schönen tag noch|\
         einen schönen tag|einen schönen tag noch|schönen abend|schönen abend noch|schönes wochenende|\
         ein schönes wochenende|tschüss|tschüs|tschuess|auf wiedersehen|bis bald|gute nacht|liebe grüße|viele grüße|\
         lg|vg|mfg|ebenso|gleichfalls|und|das wars|das war es|das war alles|das ist alles|hat geklappt|es hat geklappt|\
         jetzt hat es geklappt|jetzt gehts|jetzt geht es|funktioniert|funktioniert jetzt|es funktioniert|passt|passt so|\
         bestens|alles bestens",
    ),
    // Spanish
    spaced(
        "gracias|muchas gracias|muchísimas gracias|mil gracias|mil y un gracias|grax|grcs|gracias a ti|\
         gracias a usted|gracias a ustedes|se agradece|se lo agradezco|te lo agradezco|le agradezco|te agradezco|\
         les agradezco|agradecido|agradecida|muy agradecido|muy agradecida|no gracias",
        "por su ayuda|por tu ayuda|por la ayuda|por todo|por su tiempo|por su atención|por la atención|\
         por tu atención|por la información|por la info|por la respuesta|por responder|por su apoyo|de verdad|\
         de nuevo|nuevamente|otra vez|muy amable|muy amables|son muy amables|perfecto|genial|excelente|vale|listo|\
         bien|muy bien|buenísimo|estupendo|que tenga buen día|que tenga un buen día|que tengas buen día|\
         que tengas un buen día|buen día|buenas noches|buenas tardes|feliz día|buen fin de semana|adiós|hasta luego|\
         saludos|un saludo|igualmente|y|amigo|amiga|señor|señorita|bendiciones|eso es todo|es todo|eso sería todo|\
         nada más|ya funciona|ya quedó|todo bien|todo perfecto|que esté bien|que estés bien",
    ),
    // Portuguese
    spaced(
        "obrigado|obrigada|muito obrigado|muito obrigada|obrigadão|obrigadinho|obrigadinha|brigado|brigada|brigadão|\
         obg|obgd|obgda|obgado|mto obrigado|mto obrigada|mt obrigado|mt obrigada|valeu|vlw|agradeço|eu agradeço|\
         agradecido|agradecida|agradecemos|grato|grata|muito grato|muito grata|não obrigado|não obrigada",
        "pela ajuda|pela sua ajuda|por tudo|pela atenção|pelo atendimento|pelo retorno|pela resposta|pela informação|\
         pelas informações|pelo apoio|de coração|mesmo|demais|mais uma vez|novamente|perfeito|ótimo|excelente|\
         maravilha|beleza|blz|certo|tá bom|ta bom|tudo bem|tudo certo|entendi|show|muito gentil|bom dia|boa tarde|\
         boa noite|tenha um bom dia|tenha um ótimo dia|tenha uma boa noite|bom fim de semana|tchau|até logo|até mais|\
         abraço|abraços|abs|igualmente|e|amigo|amiga|era só isso|é só isso|só isso|só isso mesmo|deu certo|funcionou|\
         resolvido",
    ),
    // French
    spaced(
        "merci|merci beaucoup|merci bien|merci infiniment|mille mercis|mille merci|grand merci|un grand merci|mrc|\
         mci|je vous remercie|je te remercie|je vous remercie beaucoup|nous vous remercions|vous remercie|non merci|\
         merci à vous|merci à toi|merci à tous",
        "pour votre aide|pour ton aide|pour l'aide|pour l’aide|pour tout|pour votre réponse|pour la réponse|\
         pour votre réponse rapide|pour votre rapidité|pour votre temps|pour votre patience|pour les infos|\
         pour les informations|pour l'info|encore|encore une fois|parfait|super|génial|excellent|très bien|d'accord|\
         c'est gentil|c'est très gentil|très gentil|bonne journée|bonne soirée|bon week end|bon weekend|bonne nuit|\
         bonne fin de journée|au revoir|à bientôt|cordialement|bien à vous|à vous aussi|vous aussi|et|monsieur|madame|\
         c'est tout|ce sera tout|ce sera tout pour moi|ça marche|ça fonctionne|c'est bon|c'est parfait",
    ),
    // Italian
    spaced(
        "grazie|grazie mille|mille grazie|grazie tante|tante grazie|molte grazie|grazie infinite|infinite grazie|grz|\
         ti ringrazio|la ringrazio|vi ringrazio|ringrazio|grazie a te|grazie a lei|grazie a voi|no grazie",
        "per l'aiuto|per l’aiuto|per il suo aiuto|per il vostro aiuto|per tutto|per la risposta|per la disponibilità|\
         per la gentilezza|per le informazioni|per l'informazione|per il supporto|ancora|davvero|di cuore|di tutto|\
         perfetto|ottimo|benissimo|va bene|bene|gentile|gentilissimo|gentilissima|gentilissimi|molto gentile|\
         molto gentili|buona giornata|buona serata|buonanotte|buon weekend|buon fine settimana|arrivederci|ciao|\
         a presto|altrettanto|saluti|cordiali saluti|e|è tutto|questo è tutto|basta così|funziona|ora funziona|tutto bene|\
         tutto ok",
    ),
    // Dutch
    spaced(
        "bedankt|dank je|dank je wel|dankje|dankjewel|dank u|dank u wel|danku|dankuwel|dank jullie wel|\
         hartelijk dank|hartelijk bedankt|heel erg bedankt|heel hartelijk dank|ontzettend bedankt|veel dank|\
         super bedankt|dank|thx|thanks|nee bedankt|nee dank je",
        "voor de hulp|voor je hulp|voor uw hulp|voor jullie hulp|voor alles|voor de moeite|voor uw tijd|\
         voor de snelle reactie|voor uw snelle reactie|voor de informatie|voor de info|nogmaals|heel veel|heel erg|\
         perfect|prima|top|fijn|geweldig|helemaal goed|goed|duidelijk|fijne dag|fijne dag nog|een fijne dag|\
         prettige dag|fijne avond|fijn weekend|tot ziens|doei|dag|groetjes|groeten|gr|insgelijks|en",
    ),
    // Polish
    spaced(
        "dziękuję|dziekuje|dzięki|dzieki|dziękuje|dziękujemy|dziękuję bardzo|bardzo dziękuję|dziękuję pięknie|\
         wielkie dzięki|dzięki wielkie|serdecznie dziękuję|dziękuję serdecznie|dzięki bardzo|dzx|nie dziękuję",
        "bardzo|za pomoc|za odpowiedź|za szybką odpowiedź|za wszystko|za informację|za informacje|za info|za czas|\
         jeszcze raz|raz jeszcze|świetnie|super|dobrze|rozumiem|jasne|miłego dnia|życzę miłego dnia|miłego wieczoru|\
         miłego weekendu|dobranoc|do widzenia|pozdrawiam|pa|wzajemnie|i|pani|panu|państwu",
    ),
    // Turkish
    spaced(
        "teşekkürler|tesekkurler|teşekkür ederim|teşekkür ederiz|teşekkür|çok teşekkürler|çok teşekkür ederim|tşk|\
         tşkler|tsk ederim|sağol|sağ ol|sağolun|sağ olun|çok sağ ol|çok sağ olun|çok sağol|çok sağolun|eyvallah|eyv|\
         minnettarım|yok teşekkürler|hayır teşekkürler",
        "çok|tekrar|yardımınız için|yardımın için|ilginiz için|her şey için|bilgi için|tamam|harika|mükemmel|süper|\
         anladım|iyi günler|iyi akşamlar|iyi geceler|iyi çalışmalar|kolay gelsin|iyi hafta sonları|hoşça kalın|\
         hoşçakalın|görüşürüz|size de|allah razı olsun",
    ),
    // Arabic
    spaced(
        "شكرا|شكرا جزيلا|شكرا لك|شكرا لكم|شكرا كثيرا|الف شكر|شكرا جدا|مشكور|مشكورة|مشكورين|متشكر|متشكرة|تسلم|تسلمي|\
         تسلموا|يسلمو|يعطيك العافية|الله يعطيك العافية|جزاك الله خيرا|جزاكم الله خيرا|جزاك الله كل خير|بارك الله فيك|\
         بارك الله فيكم|اشكرك|اشكركم|ممنون|لا شكرا|shukran|chokran",
        "جزيلا|كثيرا|جدا|لك|لكم|على المساعدة|على مساعدتك|على مساعدتكم|على المساعده|على كل شيء|على الرد|على سرعة الرد|\
         على المعلومات|ممتاز|تمام|حسنا|طيب|اوكي|رائع|مع السلامة|الى اللقاء|يوم سعيد|تصبح على خير|وشكرا|و|اخي|اختي|\
         حبيبي",
    ),
    // Hebrew
    spaced(
        "תודה|תודה רבה|המון תודה|רוב תודות|תודות|אלף תודות|תודה לך|תודה לכם|אני מודה לך|אני מודה לכם|מעריך מאוד|\
         לא תודה|toda|toda raba",
        "רבה|מאוד|לך|לכם|על העזרה|על הכל|על התשובה|על התשובה המהירה|על המידע|על הזמן|שוב|מעולה|מושלם|אוקיי|בסדר|\
         בסדר גמור|סבבה|יופי|אחלה|מצוין|הבנתי|יום טוב|יום נעים|ערב טוב|לילה טוב|סוף שבוע נעים|שבת שלום|להתראות|ביי|\
         גם לך|גם לכם",
    ),
    // Hindi
    spaced(
        "धन्यवाद|शुक्रिया|बहुत धन्यवाद|बहुत बहुत धन्यवाद|बहुत शुक्रिया|बहुत बहुत शुक्रिया|आपका धन्यवाद|\
         आपका बहुत धन्यवाद|आभार|आभारी हूँ|थैंक यू|थैंक्स|थैंक्यू|dhanyavaad|dhanyavad|dhanyawad|dhanyawaad|shukriya|\
         bahut dhanyavaad|bahut shukriya",
        "बहुत|बहुत बहुत|आपका|आपको|जी|सर|मैडम|भाई|मदद के लिए|आपकी मदद के लिए|सहायता के लिए|ठीक है|अच्छा|बढ़िया|नमस्ते|\
         शुभ रात्रि|शुभ दिन|ji|sir|madam|bhai|bahut|aapka|theek hai|thik hai",
    ),
    // Korean
    spaced(
        "감사합니다|감사해요|감사드립니다|감사|감사요|대단히 감사합니다|정말 감사합니다|고맙습니다|고마워요|고마워|정말 고맙습니다|고맙|땡큐|ㄱㅅ|ㄳ|감사했습니다|고마웠습니다",
        "네|넵|넹|예|정말|정말로|너무|매우|많이|진짜|다시 한번|알겠습니다|알겠어요|도와주셔서|친절하게 도와주셔서|빠른 답변 주셔서|좋은 하루 되세요|좋은 하루 보내세요|즐거운 하루 되세요|\
         수고하세요|수고하셨습니다|안녕히 계세요|좋아요|완벽해요",
    ),
    // Japanese
    unspaced(
        "ありがとう|ありがとうございます|ありがとうございました|どうもありがとう|どうもありがとうございます|どうもありがとうございました|有難う|有難うございます|有難うございました|有り難うございます|ありがと|\
         ありがとー|アリガトウ|感謝します|感謝いたします|感謝です|感謝|助かりました|助かります|サンキュー|お世話になりました|御礼申し上げます|お礼申し上げます|arigatou|arigato",
        "はい|了解です|了解しました|わかりました|分かりました|承知しました|承知いたしました|本当に|ほんとうに|誠に|どうも|とても|大変|大変お世話になりました|ご対応|ご対応いただき|ご対応いただきまして|\
         ご丁寧に|ご返信|ご返信いただき|ご回答|ご回答いただき|助けていただき|丁寧な対応|早速の|失礼します|失礼いたします|おやすみなさい|よい一日を|良い一日を|完璧です|最高です|です|ね|よ|笑",
    ),
    // Chinese
    unspaced(
        "谢谢|谢谢你|谢谢您|谢谢你们|谢谢大家|多谢|多谢你|多谢您|非常感谢|十分感谢|太感谢了|感谢|感谢你|感谢您|谢啦|谢了|万分感谢|感激不尽|辛苦了谢谢|不用了谢谢|謝謝|謝謝你|謝謝您|謝謝你們|多謝|\
         多謝你|多謝您|非常感謝|十分感謝|太感謝了|感謝|感謝你|感謝您|謝啦|謝了|萬分感謝|唔該|唔該晒|xiexie",
        "好的|好|好吧|好滴|嗯|嗯嗯|知道了|明白了|明白|收到|没问题|太好了|完美|非常|十分|真的|再次|你的帮助|您的帮助|的帮助|你们的帮助|的回复|您的回复|你的回复|您的耐心|辛苦了|辛苦|再见|拜拜|晚安|\
         祝您愉快|祝你愉快|啦|了|啊|呀|哦|沒問題|再見|您的幫助|你的幫助|您的回覆",
    ),
    // Russian
    spaced(
        "спасибо|большое спасибо|спасибо большое|огромное спасибо|спасибо огромное|спасибки|спс|спасиб|пасиб|пасибо|\
         благодарю|благодарю вас|благодарим|благодарен|благодарна|признателен|признательна|нет спасибо|спасибо вам|\
         спасибо тебе|spasibo",
        "вам|тебе|большое|огромное|за помощь|за вашу помощь|за ответ|за быстрый ответ|за информацию|за всё|за все|\
         за оперативность|за поддержку|очень|ещё раз|еще раз|отлично|хорошо|понятно|понял|поняла|супер|прекрасно|\
         замечательно|всё ясно|все ясно|ок|окей|хорошего дня|хорошего вечера|доброго дня|всего доброго|\
         всего хорошего|до свидания|до встречи|пока|спокойной ночи|доброй ночи|хороших выходных|взаимно|и",
    ),
    // Ukrainian
    spaced(
        "дякую|дуже дякую|щиро дякую|дякую вам|дякую тобі|дякуємо|дякую дуже|велике дякую|красно дякую|дякс|дяки|\
         спасибі|велике спасибі|вдячний|вдячна|дуже вдячний|дуже вдячна|ні дякую|diakuiu|dyakuyu",
        "вам|тобі|дуже|щиро|за допомогу|за вашу допомогу|за відповідь|за швидку відповідь|за інформацію|за все|\
         за підтримку|ще раз|чудово|добре|зрозуміло|зрозумів|зрозуміла|супер|прекрасно|ок|окей|гарного дня|\
         гарного вечора|доброго дня|всього найкращого|до побачення|на добраніч|гарних вихідних|навзаєм|і|та",
    ),
    // Finnish
    spaced(
        "kiitos|kiitti|kiitoksia|kiitos paljon|paljon kiitoksia|suuri kiitos|suuret kiitokset|tuhannet kiitokset|\
         kiitokset|kiitän|kiitämme|kiitos teille|kiitos sinulle|iso kiitos|kiitosta|ei kiitos",
        "paljon|avusta|avustanne|avustasi|kaikesta|nopeasta vastauksesta|vastauksesta|tiedosta|tiedoista|ajastasi|\
         vielä|vielä kerran|oikein|hienoa|hyvä|selvä|mahtavaa|loistavaa|täydellistä|hyvää päivänjatkoa|\
         mukavaa päivää|hyvää päivää|hyvää iltaa|hyvää viikonloppua|hyvää yötä|hei hei|heippa|moikka|näkemiin|samoin|\
         ja",
    ),
    // Swedish
    spaced(
        "tack|tack så mycket|tackar|tack så jättemycket|tusen tack|stort tack|många tack|tackar så mycket|tack tack|\
         hjärtligt tack|tack ska du ha|tack ska ni ha|nej tack",
        "för hjälpen|för all hjälp|för din hjälp|för er hjälp|för allt|för svaret|för snabbt svar|\
         för det snabba svaret|för informationen|för infon|för din tid|igen|än en gång|så mycket|perfekt|toppen|bra|\
         jättebra|fint|utmärkt|underbart|förstår|jag förstår|ha en bra dag|ha en fin dag|ha en trevlig dag|\
         ha en trevlig helg|trevlig helg|ha det bra|ha det så bra|hej då|hejdå|god natt|detsamma|och",
    ),
    // Greek
    spaced(
        "ευχαριστώ|ευχαριστώ πολύ|ευχαριστούμε|ευχαριστούμε πολύ|σε ευχαριστώ|σας ευχαριστώ|σας ευχαριστώ πολύ|\
         σε ευχαριστώ πολύ|χίλια ευχαριστώ|ευχαριστώ πάρα πολύ|να είστε καλά|να σαι καλά|όχι ευχαριστώ|efxaristo|\
         euxaristo|efharisto|efxaristw|euxaristw",
        "πολύ|πάρα πολύ|για τη βοήθεια|για την βοήθεια|για τη βοήθειά σας|για την βοήθειά σας|για όλα|\
         για την απάντηση|για την άμεση απάντηση|για τις πληροφορίες|και πάλι|τέλεια|ωραία|υπέροχα|εντάξει|οκ|\
         κατάλαβα|καλή σας μέρα|καλή μέρα|καλημέρα|καλό βράδυ|καληνύχτα|καλή συνέχεια|καλό σαββατοκύριακο|αντίο|\
         γεια σας|τα λέμε|επίσης|και|poli|para poli",
    ),
    // Indonesian and Malay
    spaced(
        "terima kasih|terimakasih|terima kasih banyak|banyak terima kasih|makasih|makasi|mksh|makasih banyak|trims|\
         trimakasih|tidak terima kasih|tidak makasih",
        "banyak|sekali|ya|kak|pak|bu|mas|mbak|min|admin|atas bantuannya|atas bantuanmu|atas informasinya|atas infonya|\
         untuk bantuannya|baik|oke|siap|sip|mantap|sudah jelas|selamat pagi|selamat siang|selamat sore|selamat malam|\
         sampai jumpa|sama sama|dan",
    ),
    // Vietnamese
    spaced(
        "cảm ơn|cám ơn|cảm ơn bạn|cảm ơn nhiều|cảm ơn rất nhiều|cảm ơn bạn nhiều|xin cảm ơn|chân thành cảm ơn|\
         không cảm ơn",
        "bạn|anh|chị|em|ạ|nhé|nha|nhiều|rất nhiều|vâng|dạ|shop|đã hiểu|vì đã giúp|vì đã giúp đỡ|vì sự giúp đỡ|tốt quá|\
         tuyệt vời|chúc bạn một ngày tốt lành|tạm biệt|chào bạn",
    ),
    // Thai
    unspaced(
        "ขอบคุณ|ขอบคุณมาก|ขอบคุณมากๆ|ขอบใจ|ขอบพระคุณ",
        "ครับ|ค่ะ|คะ|นะครับ|นะคะ|นะ|จ้า|จ้ะ|มาก|มากๆ|โอเค|ได้เลย|เข้าใจแล้ว|ดีมาก|สำหรับความช่วยเหลือ|ที่ช่วยเหลือ",
    ),
    // Romanian
    spaced(
        "mulțumesc|mulțumim|mulțumesc mult|mulțumesc frumos|mulțumesc foarte mult|vă mulțumesc|îți mulțumesc|mersi|\
         mersi mult|nu mulțumesc",
        "mult|frumos|foarte mult|din nou|pentru ajutor|pentru răspuns|pentru tot|pentru informații|perfect|bine|excelent|\
         am înțeles|asta e tot|o zi bună|o zi frumoasă|o seară bună|noapte bună|la revedere|la fel|și",
    ),
    // Czech
    spaced(
        "děkuji|děkuju|děkujeme|moc děkuji|děkuji moc|děkuji mnohokrát|mockrát děkuji|děkuji vám|díky|díky moc|\
         ne děkuji",
        "moc|vám|za pomoc|za odpověď|za rychlou odpověď|za info|za informace|za vše|ještě jednou|výborně|skvěle|dobře|\
         rozumím|hezký den|přeji hezký den|pěkný den|hezký večer|na shledanou|nashledanou|nápodobně|a",
    ),
    // Hungarian
    spaced(
        "köszönöm|köszönjük|köszönöm szépen|nagyon köszönöm|nagyon szépen köszönöm|köszi|köszi szépen|köszike|\
         nem köszönöm",
        "szépen|nagyon|a segítséget|a választ|a gyors választ|mindent|az információt|még egyszer|rendben|szuper|\
         tökéletes|remek|értem|szép napot|további szép napot|viszlát|viszontlátásra|jó éjszakát|és",
    ),
    // Danish. Its single word for thanks is the Polish yes.
    spaced(
        "mange tak|tusind tak|tak for hjælpen|tak for svaret|tak skal du have|tak skal I have|ellers tak",
        "for hjælpen|for svaret|for alt|for det|så meget|igen|perfekt|fint|godt|hav en god dag|ha en god dag|god dag|\
         god weekend|god aften|farvel|i lige måde|og",
    ),
    // Norwegian. Repeated letters count once, so the single word is the Polish yes as well.
    spaced(
        "tusen takk|mange takk|takk skal du ha|takk skal dere ha|takk for hjelpen|takk for svaret|hjertelig takk|\
         nei takk",
        "for hjelpen|for svaret|for alt|for det|så mye|igjen|perfekt|fint|flott|bra|ha en fin dag|ha en god dag|\
         god helg|god kveld|ha det|ha det bra|i like måte|og",
    ),
    // Persian
    spaced(
        "ممنون|ممنونم|خیلی ممنون|خیلی ممنونم|مرسی|متشکرم|خیلی متشکرم|سپاس|سپاسگزارم|دست شما درد نکنه|نه ممنون",
        "خیلی|از شما|از کمک شما|از کمکتون|بابت کمک|عالی|اوکی|باشه|لطف کردید|روز خوبی داشته باشید|شب بخیر|خداحافظ|و",
    ),
    // Urdu
    spaced(
        "شکریہ|بہت شکریہ|بہت بہت شکریہ|آپ کا شکریہ|آپ کا بہت شکریہ|بہت مہربانی|جزاک اللہ|نہیں شکریہ",
        "بہت|بہت بہت|آپ کا|جناب|مدد کے لیے|آپ کی مدد کے لیے|ٹھیک ہے|اچھا|جی|خدا حافظ|اللہ حافظ",
    ),
    // Swahili
    spaced(
        "asante|asante sana|ahsante|ahsante sana|asanteni|hapana asante|nashukuru|nashukuru sana",
        "sana|tena|kwa msaada|kwa msaada wako|kwa kila kitu|sawa|nimeelewa|siku njema|usiku mwema|kwaheri|na wewe pia",
    ),
    // Filipino
    spaced(
        "salamat|salamat po|maraming salamat|maraming salamat po|thank you po",
        "po|sa tulong|sa inyong tulong|sa inyo|ulit|sige|sige po|ingat|ingat po|magandang araw po",
    ),
];
