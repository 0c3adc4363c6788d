"""Feeds and NewsML-G2."""

from __future__ import annotations

import pytest

G2 = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'


@pytest.fixture
def read(tmp_path, everything):
    """The articles and rejects of an XML file."""

    def reader(text, name="feed.xml", **options):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return everything(tmp_path / name, **options)

    return reader


def rss(*items, channel="<title>Post</title><link>https://post.example</link>"):
    entries = "".join(f"<item>{item}</item>" for item in items)
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f'<?xml version="1.0"?><rss version="2.0" {names}><channel>{channel}{entries}</channel></rss>'


def item(content="", meta="", inner="", attributes='guid="urn:1"'):
    parts = f"<itemMeta>{meta}</itemMeta><contentMeta>{inner}</contentMeta><contentSet>{content}</contentSet>"
    return f"<newsItem {G2} {attributes}>{parts}</newsItem>"


TEXT = '<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body><p>One.</p></body></html></inlineXML>'


@pytest.mark.parametrize("name", ["feed.xml", "feed.rss", "feed.atom", "FEED.XML", "feed.xml.gz"])
def test_any_ending_of_xml_will_do(name, read, tmp_path, pack, everything):
    if not name.endswith(".gz"):
        articles, rejects = read(rss("<description>one</description>"), name)
    else:
        read(rss("<description>one</description>"))
        pack(tmp_path / "feed.xml", tmp_path / name)
        articles, rejects = everything(tmp_path / name)
    assert ([article["text"] for article in articles], rejects) == (["one"], [])


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ("<guid>a/b</guid>", "id", "a/b"),
        ("<link>https://post.example/1</link>", "url", "https://post.example/1"),
        ("<title>A &amp;amp; B</title>", "headline", "A & B"),
        ("", "publisher", "Post"),
        ("<source url='https://www.wire.example/rss'>Wire</source>", "agency", "Wire; https://www.wire.example/rss"),
        ("<source url='https://wire.example/rss'/>", "agency", "https://wire.example/rss"),
        ("<link>https://post.example/1</link><source url='https://www.post.example/rss'>AFP</source>", "agency", "AFP"),
        ("<dc:creator>Ann</dc:creator>", "byline", "Ann"),
        ("<pubDate>Tue, 03 Jun 2025 06:00:00 GMT</pubDate>", "published", "2025-06-03 06:00:00+00:00"),
        ("<dc:date>2025-06-03T06:00:00Z</dc:date>", "published", "2025-06-03 06:00:00+00:00"),
        ("<content:encoded>&lt;p&gt;much longer&lt;br&gt;text</content:encoded>", "text", "much longer\ntext"),
        ("<content:encoded>x</content:encoded>", "text", "one two"),
    ],
)
def test_what_an_entry_says(more, field, value, read):
    (article,), rejects = read(rss(f"<description>one two</description>{more}"))
    assert str(article[field]) == value
    assert not rejects


def test_an_entry_without_a_text_is_rejected_with_its_number(read):
    articles, (reject,) = read(rss("<description>one</description>", "<title>only a title</title>"))
    assert (len(articles), reject.position, reject.reason) == (1, "item 2", "no text")


def test_a_feed_that_is_not_well_formed_is_read_all_the_same(read):
    items = ("<title>A & B</title><description>one</b></description>", "<description>two</description>")
    articles, rejects = read(rss(*items))
    assert [article["text"] for article in articles] == ["one", "two"]
    assert not rejects


def test_entries_that_cannot_be_made_out_are_told(read):
    comment = "<!-- <item> --><title><![CDATA[<item>]]></title>"
    articles, (reject,) = read(rss(f"{comment}<description>one</description></item><!-- <item>"))
    assert len(articles) == 1
    assert reject.reason == "the feed is not well-formed, and 1 of its entries cannot be made out"


def test_a_feed_that_is_cut_short_gives_all_but_the_entry_at_the_cut(read):
    full = rss(*(f"<description>text {number} and more of it</description>" for number in range(3)))
    for cut in range(full.index("<item>") + 6, len(full) - len("</rss>") + 1, 5):
        articles, rejects = read(full[:cut])
        assert all(article["text"].endswith("more of it") for article in articles)
        assert rejects[-1].reason == "the feed is cut short here"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1251", "euc-jp"])
def test_feeds_come_in_any_encoding_and_their_declaration_may_lie(encoding, read):
    words = {"windows-1251": "мост закрыт", "euc-jp": "橋は閉鎖された"}.get(encoding, "le pont est fermé")
    for declared in (encoding.removesuffix("-sig"), "utf-8" if encoding.startswith("utf-8") else encoding):
        text = rss(f"<description>{words}</description>").replace("?>", f' encoding="{declared}"?>', 1)
        (article,), _ = read(text.encode(encoding))
        assert article["text"] == words
    lying = rss(f"<description>{words}</description>").replace("?>", ' encoding="iso-8859-1"?>', 1)
    assert read(lying.encode())[0][0]["text"] == words


@pytest.mark.parametrize(
    ("reference", "read_as"),
    [("&#xD83D;", "\ufffd"), ("&#55357;", "\ufffd"), ("&#x1F600;", "\U0001f600"), ("\0", "\ufffd"), ("&nbsp;", " ")],
)
def test_characters_that_xml_does_not_allow_do_not_cost_the_feed(reference, read_as, read):
    (article,), rejects = read(rss(f"<description>one{reference}two</description>"))
    assert (article["text"], rejects) == (f"one{read_as}two", [])


def test_bytes_that_name_a_file_are_not_taken_for_that_file(read, tmp_path):
    (tmp_path / "secret").write_text(rss("<description>secret</description>"))
    articles, (reject,) = read(f"<rss>{tmp_path / 'secret'}")
    assert not articles
    assert reject.reason == "the feed is cut short here"


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ({}, "id", "urn:1"),
        ({"attributes": 'guid="urn:1" xml:lang="de"'}, "lang", "de"),
        ({"inner": '<language tag="de"/>'}, "lang", "de"),
        ({"inner": "<headline>H <x>I</x></headline>"}, "headline", "H I"),
        ({"inner": "<by>By Ann</by><creator><name>Ben</name></creator>"}, "byline", "By Ann"),
        ({"inner": "<creator literal='Ann'/><creator><name>Ben</name></creator>"}, "byline", "Ann, Ben"),
        ({"meta": "<provider literal='AFP'/>"}, "publisher", "AFP"),
        ({"meta": "<provider qcode='nprov:AFP'/>"}, "agency", "AFP"),
        ({"inner": "<creditline>AP/PTI</creditline>"}, "agency", "AP/PTI"),
        ({"inner": "<infoSource qcode='is:AP'/><infoSource><name>Post</name></infoSource>"}, "agency", "AP; Post"),
        ({"meta": "<versionCreated>2025-06-03T06:00:00Z</versionCreated>"}, "published", "2025-06-03 06:00:00+00:00"),
        ({"inner": "<contentCreated>2025-06-03</contentCreated>"}, "published", "2025-06-03 00:00:00+00:00"),
        ({"content": "<inlineData contenttype='text/plain'>one\ntwo &lt;</inlineData>"}, "text", "one\ntwo <"),
        (
            {"content": "<inlineData contenttype='text/html'>&lt;p&gt;one&lt;p&gt;two</inlineData>"},
            "text",
            "one\n\ntwo",
        ),
        (
            {
                "content": "<inlineXML><nitf xmlns='http://iptc.org/std/NITF/2006-10-18/'><body><body.head><hedline>"
                "<hl1>no</hl1></hedline></body.head><body.content><block><p>one <b>b</b> x</p><p>two</p></block>"
                "</body.content></body></nitf></inlineXML>"
            },
            "text",
            "one b x\n\ntwo",
        ),
        ({"content": f"<remoteContent href='x.jpg'/>{TEXT}{TEXT}"}, "text", "One.\n\nOne."),
    ],
)
def test_what_a_news_item_says(more, field, value, read):
    (article,), rejects = read(item(**{"content": TEXT, **more}))
    assert str(article[field]) == value
    assert not rejects


def test_the_items_of_a_message_are_counted_and_those_without_a_text_rejected(read):
    picture = item("<remoteContent href='x.jpg'/>")
    articles, (reject,) = read(f"<newsMessage {G2}><itemSet>{item(TEXT)}{picture}{item(TEXT)}</itemSet></newsMessage>")
    assert (len(articles), reject.position, reject.reason) == (2, "item 2", "no text")


def test_a_text_of_any_depth_is_read(read):
    deep = f"<inlineXML>{'<div>' * 20_000}deep{'</div>' * 20_000}</inlineXML>"
    assert read(item(deep))[0][0]["text"] == "deep"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither RSS, Atom, NewsML, NITF nor JIMI, but no XML at all"),
        ("words", "neither RSS, Atom, NewsML, NITF nor JIMI, but no XML at all"),
        ("<!-- <rss> --><sitemap/>", "neither RSS, Atom, NewsML, NITF nor JIMI, but its first element is sitemap"),
        ("<NewsML Version='1.2'/>", "no news item in it"),
        (item(TEXT)[:-9], "not well-formed XML"),
        (item(TEXT).replace("<newsItem", '<?xml version="1.0" encoding="x"?><newsItem'), "not well-formed XML"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_what_it_is(text, reason, read):
    articles, (reject,) = read(text)
    assert (articles, reject.position, reject.reason[: len(reason)]) == ([], "item 1", reason)


ENTITIES = {
    "billion laughs": '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    "a file": '<!DOCTYPE r [<!ENTITY a SYSTEM "{}">]>',
    "a parameter": '<!DOCTYPE r [<!ENTITY % a SYSTEM "{}"> %a;]>',
}


@pytest.mark.parametrize("kind", ENTITIES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("format", ["rss", "newsml"])
def test_entities_and_references_to_files_are_refused_unread(kind, encoding, format, read, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    declared = ENTITIES[kind].format((tmp_path / "secret.txt").as_uri())
    body = rss("<description>&a;</description>") if format == "rss" else item("<inlineData>&a;</inlineData>")
    body = body.partition("?>")[2] or body
    articles, (reject,) = read(f'<?xml version="1.0" encoding="{encoding}"?>{declared}{body}'.encode(encoding))
    assert (articles, reject.reason) == ([], "the file declares entities")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_elsewhere_is_not_fetched(encoding, read, tmp_path):
    (tmp_path / "x.dtd").write_text('<!ENTITY a "secret">')
    declared = f'<!DOCTYPE r SYSTEM "{(tmp_path / "x.dtd").as_uri()}">'
    for body in (rss("<description>one &a;</description>").partition("?>")[2], item("<inlineData>&a;</inlineData>")):
        articles, rejects = read(f'<?xml version="1.0" encoding="{encoding}"?>{declared}{body}'.encode(encoding))
        assert not [article for article in articles if "secret" in article["text"]]
        assert articles or rejects


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("[dropcap]T[/dropcap]he ferry waits.", "The ferry waits."),
        ('[vc_row][vc_column width="1/2"]The ferry waits.[/vc_column][/vc_row]', "The ferry waits."),
        ('[caption id="a_1" align="left"]<img src="x"/> A boat[/caption]The ferry waits.', "The ferry waits."),
        ('The ferry [gallery ids="1,2" size=large]waits.', "The ferry waits."),
        ('"He [the clerk] said so [sic] [...]"', '"He [the clerk] said so [sic] [...]"'),
    ],
)
def test_shortcodes_of_wordpress_are_no_text(written, read_as, read):
    item = f"<content:encoded><![CDATA[{written}]]></content:encoded>"
    export = rss(item).replace("<rss ", '<rss xmlns:wp="http://wordpress.org/export/1.2/" ')
    (article,), _ = read(export)
    assert article["text"] == read_as
    (article,), _ = read(rss(item))
    assert ("[dropcap]" in article["text"]) == ("[dropcap]" in written), "in other feeds brackets are text"
