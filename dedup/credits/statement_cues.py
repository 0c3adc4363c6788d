"""The words around a press statement: how it is told of, who issues it, and when; in the languages that are read."""

from __future__ import annotations

from dedup.credits import cues
from dedup.credits.names import key
from dedup.kernels.mentions import TELLS_AFTER, TELLS_BEFORE


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _keys(text: str) -> frozenset[str]:
    return frozenset(map(key, text.split()))


#: Words for a press statement. Each is looked at wherever it stands.
STATEMENTS = (
    "statement",
    "press release",
    "news release",
    "press note",
    "handout",
    "communique",
    "communiqué",
    "بيان",
    "البيان",
    "بيانا",
    "بيانها",
    "بيانه",
    "لبيان",
    "ببيان",
    "وبيان",
    "بیان",
    "اعلامیہ",
    "اعلامیے",
    "پریس ریلیز",
    "ہینڈ آؤٹ",
)
#: Words before it: articles, and what kind of statement it is.
STATEMENT_KINDS = _words(
    "a an the its his her their another this that no joint press official written separate brief emailed e-mailed "
    "video policy similar later short prepared public formal strong strongly-worded strongly condolence fresh "
    "subsequent detailed recent earlier special one scathing sharp rare blunt terse news"
)
#: Words after it that make it something else: "a statement of assets", "a statement before the court".
NO_STATEMENT = _words("of before under recorded photo photos image picture via")
#: Words between it and "by" or "from" or the issuer.
ISSUED = _words(
    "issued released received sent shared posted circulated distributed published made carried put out here on in "
    "today late early also this that morning evening night afternoon yesterday earlier later monday tuesday wednesday "
    "thursday friday saturday sunday january february march april may june july august september october november "
    "december jan feb aug sept oct nov dec then jointly islamabad lahore karachi"
)
#: Words between "said" and "in a statement".
WHEN = _words(
    "on late early today yesterday earlier later monday tuesday wednesday thursday friday saturday sunday also night "
    "morning evening afternoon twitter thereafter subsequently"
)
#: Verbs of saying, before or after a statement.
STATES = _words(
    "said says say saying added adds stated states noted read reads announced claimed confirmed quoted continued "
    "concluded quoting stressed maintained explained warned wrote reported informed revealed declared vowed insisted"
)
#: Words directly before a statement that tells: "said a press release", "according to a statement".
TOLD_BY = _words("said says to citing quoting per stated added")
#: Small words inside a name.
NAME_LINKS = _words("the a an of and for & al bin de la le les du des der di von van")
#: Words in lower case inside a name with titles: "FIA spokesperson Abdul Ghafoor".
ROLES = _words(
    "spokesperson spokespersons spokesman spokeswoman ministry office military army police media press wing affairs "
    "department government party chief minister secretary president chairman chairperson premier presidential prime "
    "deputy foreign interior home finance health defence defense director executive officer head former public "
    "prosecutor company ceo senior general"
)
#: Words in lower case, or numbers, that end a body's name: "Indian military", "US embassy", "Rescue 1122".
BODIES = _words(
    "ministry office military army embassy administration police government department mission agency authority "
    "commission committee board court party forces force navy bank presidency consulate parliament"
)
#: Nouns that tell a body by its name: "California Department of Justice", "Edhi Foundation".
BODY_NOUNS = _words(
    "academy administration administrations agencies agency airlines airport airways alliance army assembly "
    "association authorities authority bank bar board branch brigade bureau cabinet caucus cell center centre chamber "
    "church circle club coalition college command commission committee company conference confederation congress "
    "consulate corporation council court department directorate district division embassy enterprise exchange "
    "federation force forces forum foundation front fund government group guard guards headquarters hospital inc "
    "institute institution institutes initiative jirga league limited ltd llc military mills ministries ministry "
    "mission movement museum navy network networks office organisation organization palace parliament parties "
    "partnership party patrol police prison programme project prosecutor registry regiment relations rangers school "
    "secretariat service services society syndicate taskforce treasury tribunal trust union unit units university "
    "utility watch wing works"
)
#: Holders of these offices issue statements as an office does.
OFFICE_TITLES = _words("minister premier chancellor adviser advisor")
#: Titles in front of a person's name.
TITLES = _words(
    "minister secretary president chairman chairperson chairwoman chief director governor mayor senator sen rep "
    "representative congressman congresswoman gov dr mr mrs ms miss sir general gen lt col maj brig justice judge "
    "ambassador commissioner leader speaker ceo captain capt king prince sheikh sheriff adviser advisor officer "
    "administrator engr barrister maulana allama syed haji premier chancellor pope archbishop bishop cardinal "
    "attorney counsel manager coach igp ig dig ssp sp dpo cpo rpo dc dg md spokesperson spokesman spokeswoman pm cm "
    "republican democrat democratic member"
)
#: Single words that are no issuer, though they can begin a sentence.
NO_ISSUER = cues.NO_NAME | _words(
    "he she it they we i you who his her its their these those there here police officials authorities investigators "
    "organisers organizers prosecutors lawyers doctors company government ministry army according both meanwhile also "
    "however earlier later speaking responding reacting separately in another one security military house senate "
    "white us uk uae kp gb ajk gop more ceo usa u.s state city court spokesperson spokesman spokeswoman minister "
    "president secretary chairman governor mayor commission committee board council association group organisation "
    "organization department office party trust inc ltd co corp mission fund relations embassy bank ministers leaders "
    "residents relatives protesters mr ms mrs dr english urdu"
)

#: Arabic words between a statement and its issuer: "a statement issued today by", "of hers".
ARABIC_ISSUED = _keys(
    "لها له لهم صحفي صحافي رسمي رسميا إعلامي صادر الصادر صدر عن من أصدرته أصدره أصدرت أصدر نشرته نشره التي الذي "
    "أمس اليوم مساء صباح الليلة الماضية وزعته بثته تلقته"
)
#: Arabic words directly before a statement that tells; of these the ones that its issuer stands before.
ARABIC_IN = _keys("في عبر ضمن")
ARABIC_TOLD_BY = ARABIC_IN | _keys(
    "بحسب وبحسب حسب وحسب وفق ووفق وفقا قال وقال أضاف وأضاف ذكر وذكر أكد وأكد أوضح وأوضح أفاد وأفاد أشار وأشار "
    "تابع وتابع لفت ولفت نقلا جاء وجاء وفقاً"
)
#: Urdu words between an issuer and its statement, and after a statement that tells.
URDU_BETWEEN = _keys(
    "جاری کردہ کئے کیے گئے کی گئی جانب طرف سے نے اپنے اپنی ایک سرکاری حالیہ اخباری تعزیتی مشترکہ تحریری وضاحتی "
    "گزشتہ روز کو اس کے"
)
URDU_AFTER = _keys("میں کے کیمطابق کےمطابق جاری")
#: Arabic and Urdu nouns that a body's name begins with.
EASTERN_KINDS = _keys(
    "وزارة شركة هيئة جامعة حركة حزب قيادة رئاسة شرطة بلدية أمانة نادي مؤسسة منظمة لجنة إمارة مجلس مديرية المديرية "
    "وزارت محکمہ"
)

#: The words that the compiled scan looks for around a statement in English.
KERNEL = {
    TELLS_AFTER: sorted({"in", "via", "through", "issued", "released", "according", "text", *TOLD_BY} - {"to"}),
    TELLS_BEFORE: sorted({"by", "from", *STATES}),
}
