"""The words around a name that make it a credit or a citation, in the languages that are read."""

from __future__ import annotations

from dedup.kernels.mentions import CITES_AFTER, CITES_BEFORE, CREDITS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Ends of outlets' names: a capitalised name that ends so is an outlet where it is cited.
OUTLET_WORDS = _words(
    "Tribune Times Post Herald Journal Gazette Chronicle Courant Inquirer Enquirer Observer Telegraph Dispatch "
    "Sentinel Globe Star Bee Monitor Courier Ledger Beacon TV Radio News Newspaper Magazine Weekly Sun"
)

#: Nouns that can stand between a cue and a name, or after the name: "told Russian news agency TASS".
NOUNS = _words(
    "agency agencies broadcaster channel daily journal magazine media network news newspaper newspapers newswire "
    "outlet outlets paper publication radio service site station tabloid television tv website weekly wire program "
    "show host anchor correspondent reporter programme"
)
#: Other words that can stand there.
FILLERS = _words(
    "the a an and its their his her local state state-run state-owned state-controlled state-backed official "
    "semi-official pro-government independent privately-owned private public national international leading financial "
    "business english-language conservative liberal right-wing left-wing online rival several two also both "
    "government-run government-owned financial british us u.s american"
)
#: Words between a verb and "by" that say when.
WHEN = _words(
    "first earlier late early on today yesterday morning afternoon evening night monday tuesday wednesday thursday "
    "friday saturday sunday"
)
#: Words after a name before the verb: "AFP also reported", "The Post on Sunday reported".
ADVERBS = _words(
    "also has have had first earlier later previously recently separately itself exclusively on in a its the today "
    "yesterday late early this that week month monday tuesday wednesday thursday friday saturday sunday too then "
    "report article story tally piece originally further last just"
)

#: Cue words, each directly before the name (fillers aside).
TOLD = _words("told tells telling")
#: What also says that somebody spoke to the one named; the last five in Urdu and Hindi.
SPOKEN = _words(
    "speaking spoke speak talking talked interview interviews interviewed comments remarks confirmed disclosed "
    "بتایا گفتگو بات انٹرویو बताया"
)
CITING = _words("citing quoting cited quoted quotes cites per")
REPORTED = _words("reported reports wrote writes")
#: Words before "to", "by", "in", "with", "from", directly before the name.
LED = {
    "to": _words(
        "according speaking spoke talking talked interview statement confirmed disclosed revealed "
        "comments remarks speak"
    ),
    "by": _words(
        "reported quoted cited published obtained seen reviewed report reports article story analysis "
        "investigation interviewed carried broadcast aired compiled conducted poll survey "
        "interview tally count reporting revealed uncovered disclosed contacted"
    ),
    "in": _words("report reports article story interview published reported piece reporting"),
    "with": _words("interview interviews spoke speaking"),
    "from": _words("report reports reporting story"),
}
#: Verbs after the name, the unmistakable ones first; nouns that make "a Reuters report".
REPORTS = _words("reported reports reporting")
SAYS = _words(
    "said says wrote writes noted notes quoted quotes cited revealed claimed learned learnt quoting citing published "
    "writing obtained"
)
WORK = _words("report reports story article investigation tally interview analysis poll survey count")

#: Words of a picture's caption: what is credited beside them is the picture.
PICTURE = (
    "photo",
    "image",
    "picture",
    "getty",
    "video",
    "footage",
    "graphic",
    "pic ",
    "pics",
    "via ",
    "stringer",
    "file)",
    "/file",
    "courtesy of",
    "screenshot",
    "تصوير",
    "الصور",
    "صورة",
    "تصویر",
)

#: Arabic, Urdu and Hindi words of reporting: before the name in Arabic, after it in the other two.
ARABIC = _words(
    "وكالة لوكالة بوكالة ووكالة وكالات بحسب وبحسب حسب وحسب حسبما وفقا ووفقا وفق ووفق نقلا نقلت ونقلت ذكرت وذكرت أفادت "
    "وأفادت افادت وافادت قالت وقالت أوردت أوردته نشرت نشرته أعلنت وأعلنت كشفت أكدت أوضحت وأوضحت أضافت وأضافت تلقت ل "
    "صحيفة لصحيفة وصحيفة موقع لموقع قناة لقناة صحف شبكة لشبكة ونقل نقل نقله مراسل لمراسل عن إلى"
)
URDU_AND_HINDI = _words("مطابق بتایا رپورٹ گفتگو بات انٹرویو अनुसार मुताबिक बताया")
#: Arabic nouns that make a name of an everyday word.
ARABIC_NOUNS = _words("وكالة لوكالة بوكالة ووكالة صحيفة لصحيفة وصحيفة جريدة لجريدة موقع لموقع قناة لقناة")
#: Nouns before an agency's initials in brackets: the brackets explain the noun, they are no dateline.
AGENCY_NOUNS = _words("وكالة لوكالة بوكالة ووكالة ایجنسی الأنباء الانباء agency press news")

#: What a credit line begins with. Lower case.
CREDIT_STARTS = (
    "with input",
    "with additional input",
    "additional input",
    "with files",
    "with reporting",
    "with reports",
    "with agenc",
    "with wire",
    "additional reporting",
    "additional information",
    "additional info",
    "courtesy",
    "inputs from",
    "input from",
    "compiled from",
    "by arrangement with",
    "distributed by",
    "reporting by",
    "with post wires",
    "with staff and",
    "some information",
)
#: Sentences of a credit begin so ...
THIS = ("this report", "this story", "this article", "material from", "information from")
#: ... and say one of these before the name.
USES = (
    "material",
    "include",
    "based",
    "contribut",
    "first published",
    "originally",
    "courtesy",
    "information from",
    "by the",
    "by ",
    "supplied",
    "provided",
    "wire",
)
#: Words that stand in a byline or dateline beside an agency.
DESKS = (
    "desk",
    "correspondent",
    "correspondents",
    "reporter",
    "report",
    "staff",
    "bureau",
    "agencies",
    "monitoring",
    "web",
    "writer",
    "writers",
    "editor",
    "team",
    "newsroom",
    "service",
    "online",
    "wires",
)

#: Small words in the names of places.
PLACE_WORDS = _words("de la le du del las los of the and on in at near aboard via al el an ad az bin da do dos y")
#: Capitalised words at the beginning of a sentence that are no part of an outlet's name.
NO_NAME = _words(
    "the a an on in at by as but and when while this that these meanwhile local breaking fake good bad big real late "
    "daily morning evening last says said told reports mr ms mrs dr president no monday tuesday wednesday thursday "
    "friday saturday sunday january february march april may june july august september october november december"
)

#: The words that the compiled scan looks for around a name.
KERNEL = {
    CITES_AFTER: sorted(
        {*TOLD, *CITING, *REPORTED, *ARABIC, *(w for words in LED.values() for w in words)} - {"count", "statement"}
    ),
    CITES_BEFORE: sorted({*REPORTS, *SAYS, *WORK, *URDU_AND_HINDI}),
    CREDITS: sorted(
        _words(
            "contributed contributing input inputs copyright source sources courtesy material arrangement files wire "
            "wires reserved additional distributed used writer originally appeared permission"
        )
    ),
}
