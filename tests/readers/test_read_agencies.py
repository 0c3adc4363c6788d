"""The formats of agencies: one text whatever the form, and real files where they are."""

from __future__ import annotations

import pytest

NEWSML = """<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>tass.example</ProviderId>
<NewsItemId>7</NewsItemId></NewsIdentifier></Identification><NewsManagement>
<FirstCreated>20250603T101000+0300</FirstCreated></NewsManagement><NewsComponent>
<NewsLines><HeadLine>No ferry</HeadLine></NewsLines>{}</NewsComponent></NewsItem></NewsML>"""
CONTENT = "<ContentItem><MediaType FormalName='Text'/><DataContent>{}</DataContent></ContentItem>"


@pytest.mark.parametrize(
    "content",
    [
        "<nitf><body><body.content><p>One.</p><p>Two.</p></body.content></body></nitf>",
        "<html><head><title>x</title></head><body><p>One.</p><p>Two.</p></body></html>",
        "<![CDATA[<p>One.</p>\n<p>Two.</p>]]>",
        "<p>One.</p><p>Two.</p>",
        "One.\n\nTwo.",
    ],
)
def test_newsml_1_gives_one_text_whatever_form_it_is_in(content, tmp_path, everything):
    (tmp_path / "a.xml").write_text(NEWSML.format(CONTENT.format(content)))
    (article,), _ = everything(tmp_path)
    assert article["text"] == "One.\n\nTwo."
    assert (article["id"], article["publisher"], article["headline"]) == ("7", "tass.example", "No ferry")
    assert article["published"].isoformat() == "2025-06-03T07:10:00+00:00"


def test_forms_of_one_text_are_read_once_and_parts_together(tmp_path, everything):
    forms = CONTENT.format("One. Two.") + CONTENT.format("<p>One.</p><p>Two.</p>")
    parts = "".join(
        f"<NewsComponent><Role FormalName='{role}'/>{CONTENT.format(words)}</NewsComponent>"
        for role, words in (("Body", "Two."), ("Title", "No ferry, and why this is long"), ("Lead", "One."))
    )
    for name, content in (("forms", forms), ("parts", parts)):
        (tmp_path / f"{name}.xml").write_text(NEWSML.format(content))
    assert [article["text"] for article in everything(tmp_path)[0]] == ["One.\n\nTwo."] * 2


def test_an_entity_that_a_stripped_type_would_have_declared_is_a_reject(tmp_path, everything):
    head = '<!DOCTYPE NewsML [<!ENTITY % nitf SYSTEM "nitf.dtd"> %nitf; ]>'
    (tmp_path / "a.xml").write_text(head + NEWSML.format(CONTENT.format("One. &two;")))
    (tmp_path / "b.xml").write_text('<!DOCTYPE NewsML [<!ENTITY two "x">]>' + NEWSML.format(CONTENT.format("&two;")))
    articles, rejects = everything(tmp_path)
    assert not articles
    assert [reject.reason.partition(":")[0] for reject in rejects] == [
        "not well-formed XML",
        "the file declares entities",
    ]


G2 = """<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{}</itemSet></newsMessage>"""
ITEM = "<newsItem guid='a'><contentSet>{}</contentSet></newsItem>"


def test_the_head_of_a_text_of_dpa_is_no_text(tmp_path, everything):
    body = """<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body><header>
    <ul class="slugline"><li>Ferry</li></ul><time>3.6.2025</time><h1>No ferry</h1></header>
    <section class="main dpatextgenre-7"><p class="teaser">Teaser</p>
    <p><span class="dateline">Kiel <span class="credit">(dpa)</span> - </span>One.</p><p>Two.</p></section>
    <section class="notepad"><p>Notes</p></section></body></html></inlineXML>"""
    (tmp_path / "a.xml").write_text(G2.format(ITEM.format(body)))
    assert everything(tmp_path)[0][0]["text"] == "Kiel (dpa) - One.\n\nTwo."


def test_markup_that_is_called_plain_text_is_read_as_markup(tmp_path, everything):
    data = "<inlineData contenttype='text/plain'><![CDATA[<p>(ANSA) - One.<br/>Two < three.</p>]]></inlineData>"
    (tmp_path / "a.xml").write_text(G2.format(ITEM.format(data)))
    assert everything(tmp_path)[0][0]["text"] == "(ANSA) - One.\nTwo < three."


def test_a_package_says_that_it_is_one(tmp_path, everything):
    package = "<packageItem guid='p'><groupSet><group><itemRef/><itemRef/></group></groupSet></packageItem>"
    (tmp_path / "a.xml").write_text(G2.format(package))
    articles, (reject,) = everything(tmp_path)
    assert not articles
    assert reject.reason.startswith("a package of 2 items")


@pytest.mark.parametrize(
    ("pattern", "articles", "dated"),
    [
        ("01_*/*.xml", 9, 9),
        ("02_*/*.xml", 12, 12),
        ("04_*/*.txt", 9, 8),
        ("07_*/*.xml", 7, 7),
        ("08_*/*.nitf", 2, 2),
    ],
)
def test_real_files_of_agencies_are_read_with_their_dates_and_agencies(pattern, articles, dated, data, everything):
    paths = sorted((data / "formats").glob(pattern))
    if not paths:
        pytest.skip("needs the real files of data/formats")
    read = [everything(path) for path in paths]
    result = [article for each, _ in read for article in each]
    assert not [reject for _, rejects in read for reject in rejects]
    assert (len(result), sum("published" in article for article in result)) == (articles, dated)
    assert all("agency" in article for article in result)
    assert not [article["text"] for article in result if "<p" in article["text"] or "\x02" in article["text"]]


def test_the_same_item_in_two_formats_of_dpa_has_one_text(data, everything):
    folder = data / "formats" / "10_dpa-digitalwires-pairs"
    if not folder.exists():
        pytest.skip(f"needs {folder}")
    pairs = 0
    for one in sorted(folder.glob("input-*.json")):
        other = folder / one.name.replace("input-", "output-").replace(".json", ".xml")
        texts = [
            "".join(article["text"].split())
            for path in (one, other)
            if path.exists()
            for article in everything(path)[0]
        ]
        if len(texts) == 2:
            pairs += texts[0] == texts[1]
    assert pairs >= 12
