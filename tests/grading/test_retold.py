"""When two articles go back to one report: the news itself is told from it, and not a detail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dedup.article import Article, record_batch
from dedup.credits import find, load_agencies
from dedup.credits.sources import naming
from dedup.grading import Match, grade
from dedup.text.tokens import tokenise

_DAY = datetime(2025, 3, 4, 9, tzinfo=UTC)

_REPORT = (
    "Zarghun Mills of Quetta was sold to Kestrel Holdings without a tender, letters of Amina Qureshi show. "
    "Qureshi, who chairs the Balochistan privatisation board, met Kestrel's owner Tomas Lindqvist in Gwadar twice. "
    "The price was Rs640 million, a third of what assessors had put down. Lindqvist did not answer questions. "
)
_RETOLD = (
    "Kestrel Holdings took over Zarghun Mills in Quetta for only Rs640 million, {0}. "
    "Its owner Tomas Lindqvist had met Amina Qureshi in Gwadar before. "
)
_OWN = (
    "Amina Qureshi faced shouting members of the Balochistan assembly over Zarghun Mills on Tuesday. "
    "Kestrel Holdings has the best of intentions, she told them, and Tomas Lindqvist is an honest man. "
    "Quetta's traders kept their shutters down, and buses to Gwadar did not run. "
)
_FILLER = "The council went on with its other business and heard reports of roads and drains until the evening. "


def graded(
    one: str, other: str, publisher: tuple[str | None, str | None] = (None, None), hours: float | None = 5.0
) -> Match:
    """The second article is so many hours later than the first; None: neither has a date."""
    published = (None, None) if hours is None else (_DAY, _DAY + timedelta(hours=hours))
    return grade(one, other, publisher=publisher, published=published)


def retold(
    one: str, other: str, publisher: tuple[str | None, str | None] = (None, None), hours: float | None = 5.0
) -> bool:
    result = graded(one, other, publisher=publisher, hours=hours)
    assert result.grade in ("derived", "related")  # the facts are the same everywhere, and none of these is a copy
    return result.grade == "derived"


def test_who_names_the_publisher_for_the_news_retells_its_report() -> None:
    cited = _RETOLD.format("The Halvermouth Beacon reported")
    assert retold(_REPORT, cited, publisher=("Halvermouth Beacon", "Inland Daily"))


def test_who_names_the_publisher_for_a_detail_does_not() -> None:
    detail = "The mill's chimney is the tallest of the province, The Halvermouth Beacon reported. "
    assert not retold(_REPORT, detail + _OWN, publisher=("Halvermouth Beacon", "Inland Daily"))


def test_who_names_the_publisher_far_below_does_not() -> None:
    cited = _RETOLD.format("The Halvermouth Beacon reported")
    assert not retold(_REPORT, _OWN + 12 * _FILLER + cited, publisher=("Halvermouth Beacon", "Inland Daily"))


def test_two_that_name_the_same_outlet_for_the_news_retell_its_report() -> None:
    other = _REPORT.replace("letters of Amina Qureshi show", "the Halvermouth Beacon reported, citing Amina Qureshi")
    result = graded(_RETOLD.format("according to The Halvermouth Beacon"), other)
    assert (result.grade, result.cites) == ("derived", "third")
    assert any("Halvermouth Beacon" in reason for reason in result.reasons)


def test_two_that_name_the_same_outlet_for_different_things_do_not() -> None:
    other = _OWN + "Wages at the docks fell by half since autumn, the Halvermouth Beacon reported. "
    assert not retold(_RETOLD.format("according to The Halvermouth Beacon"), other)


def test_the_news_may_stand_in_the_sentence_before_the_one_that_names_the_outlet() -> None:
    news = "Kestrel Holdings took over Zarghun Mills of Quetta from Amina Qureshi's board for Rs640 million. "
    assert retold(
        _REPORT,
        news + "The deal was first reported late on Tuesday by The Halvermouth Beacon. " + _FILLER,
        publisher=("Halvermouth Beacon", "Inland Daily"),
    )


def test_an_agency_is_retold_by_who_names_it_for_the_news_of_its_own_report() -> None:
    assert retold("QUETTA (Reuters) - " + _REPORT, _RETOLD.format("Reuters reported"))


@pytest.mark.parametrize("cited", ["officials told Reuters", "officials said in an interview with Reuters"])
def test_what_somebody_told_an_agency_is_a_detail(cited: str) -> None:
    assert not retold("QUETTA (Reuters) - " + _REPORT, _RETOLD.format(cited))


def test_two_that_name_an_agency_have_two_of_its_reports() -> None:
    other = _REPORT.replace("letters of Amina Qureshi show", "Reuters reported, citing Amina Qureshi")
    assert not retold(_RETOLD.format("Reuters reported"), other)


def test_what_somebody_said_in_an_interview_is_the_news_where_both_begin_with_it() -> None:
    values = "Amina Qureshi told The Halvermouth Beacon that Kestrel Holdings got Zarghun Mills for Rs640 million. "
    other = "Zarghun Mills went to Kestrel Holdings for Rs640 million, Amina Qureshi told The Halvermouth Beacon. "
    assert retold(values + _OWN, other + _FILLER)
    assert not retold(values + _OWN, 8 * _FILLER + other)


def test_nobody_retells_what_is_published_later() -> None:
    cited = _RETOLD.format("The Halvermouth Beacon reported")
    publishers = ("Halvermouth Beacon", "Inland Daily")
    assert retold(_REPORT, cited, publisher=publishers, hours=-1)  # clocks differ
    assert not retold(_REPORT, cited, publisher=publishers, hours=-7)


def test_of_a_date_without_a_time_the_day_counts() -> None:
    cited = _RETOLD.format("The Halvermouth Beacon reported")
    dates = datetime(2025, 3, 4, 21, tzinfo=UTC), datetime(2025, 3, 4, tzinfo=UTC)
    result = grade(_REPORT, cited, publisher=("Halvermouth Beacon", "Inland Daily"), published=dates)
    assert result.grade == "derived"


def test_a_report_is_retold_within_two_days_or_without_dates() -> None:
    cited = _RETOLD.format("The Halvermouth Beacon reported")
    publishers = ("Halvermouth Beacon", "Inland Daily")
    assert retold(_REPORT, cited, publisher=publishers, hours=47)
    assert not retold(_REPORT, cited, publisher=publishers, hours=49)
    assert retold(_REPORT, cited, publisher=publishers, hours=None)


_ARABIC = (
    "قررت بلدية الزرقاوين بيع مطاحن كوثران لشركة ليندكفيست بمبلغ 640 مليون ريال دون مناقصة. "
    "وقال رئيس المجلس حمدان السلموني إن اللجنة اجتمعت في بلدة مرجانة مرتين وقبلت العرض كما هو. "
)
_ARABIC_RETOLD = (
    "انتقلت ملكية مطاحن كوثران في بلدية الزرقاوين إلى شركة ليندكفيست مقابل 640 مليون ريال، {0}. "
    "ورفض حمدان السلموني التعليق على ما جرى في مرجانة. "
)
_URDU = (
    "کوئٹہ کی زرغون ملز کو کیسٹرل ہولڈنگز کے ہاتھ 640 ملین روپے میں بغیر ٹینڈر بیچ دیا گیا۔ "
    "نجکاری بورڈ کی سربراہ آمنہ قریشی نے گوادر میں ٹامس لنڈکوسٹ سے دو ملاقاتیں کیں۔ "
)
_URDU_RETOLD = (
    "اے پی پی کے مطابق زرغون ملز کیسٹرل ہولڈنگز نے 640 ملین روپے میں خرید لی، {0} "
    "آمنہ قریشی اور ٹامس لنڈکوسٹ نے گوادر میں بات طے کی۔ "
)


def test_arabic_retellings() -> None:
    publishers = ("okaz", "alriyadh")
    assert retold(_ARABIC, _ARABIC_RETOLD.format("حسبما أوردت صحيفة عكاظ"), publisher=publishers)
    detail = "وتعد المدخنة الأطول في المنطقة الجنوبية كلها حسبما أوردت صحيفة عكاظ. "
    assert not retold(_ARABIC, detail + _ARABIC_RETOLD.format("بعد جدل"), publisher=publishers)


def test_urdu_retellings() -> None:
    publishers = ("APP", "Nawaiwaqt")
    assert retold(_URDU, _URDU_RETOLD.format("جس پر شور ہوا۔"), publisher=publishers)
    late = _URDU_RETOLD.replace("اے پی پی کے مطابق ", "").format("جس پر شور ہوا۔")
    detail = "اے پی پی کے مطابق چمنی صوبے میں سب سے اونچی ہے۔ "
    assert not retold(_URDU, detail + late, publisher=publishers)


def test_what_can_never_be_retold_is_no_candidate() -> None:
    texts = [
        "LONDON (Reuters) - A mill was sold. " + _FILLER,
        "A mill was sold, Reuters reported. " + _FILLER,
        "A mill was sold, an official told Reuters. " + _FILLER,
        16 * _FILLER + "A mill was sold, Reuters reported. " + _FILLER,
        "The ISPR said in a statement that a mill was sold. " + _FILLER,
    ]
    batch = record_batch(Article(str(number), text) for number, text in enumerate(texts))
    result = find(batch, tokenise(batch["text"]), load_agencies())
    keep = dict(zip(result["article_id"].to_pylist(), naming(result).tolist(), strict=True))
    assert keep == {"0": True, "1": True, "2": False, "3": False, "4": False}
