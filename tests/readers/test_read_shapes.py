"""The shapes in which interfaces of news, crawlers and agencies hand out their articles in JSON and CSV."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.errors import NoInputError
from dedup.readers import Names, read_sources, sources
from jobs.cli import notices

TEXT = "The ferry to the islands did not sail on Monday, and nobody at the harbour could say why."
WHEN = "2025-05-01T10:00:00Z"
URL = "https://www.post.example/ferry"


def item(**more):
    return {"title": "No ferry", **more}


SHAPES = {
    "newsapi": {"articles": [item(source={"id": None, "name": "Post"}, publishedAt=WHEN, content=TEXT, url=URL)]},
    "gnews": {
        "totalArticles": 1,
        "articles": [item(source={"name": "Post", "url": URL}, publishedAt=WHEN, content=TEXT)],
    },
    "newscatcher": {"articles": [item(name_source="Post", published_date="2025-05-01 10:00:00", content=TEXT)]},
    "event registry": {
        "articles": {
            "results": [item(date="2025-05-01", dateTimePub=WHEN, body=TEXT, source={"title": "Post", "uri": "x"})]
        }
    },
    "guardian": {
        "response": {
            "results": [
                {
                    "id": "world/1",
                    "webTitle": "No ferry",
                    "webPublicationDate": WHEN,
                    "fields": {"bodyText": TEXT, "publication": "Post"},
                }
            ]
        }
    },
    "guardian, marked up": {
        "response": {
            "results": [
                {
                    "webTitle": "No ferry",
                    "webPublicationDate": WHEN,
                    "fields": {"body": f"<p>{TEXT}</p>", "publication": "Post"},
                }
            ]
        }
    },
    "nyt": {
        "status": "OK",
        "response": {
            "docs": [
                {
                    "web_url": URL,
                    "snippet": "No ferry.",
                    "lead_paragraph": TEXT,
                    "source": "Post",
                    "headline": {"main": "No ferry", "kicker": None},
                    "byline": {"original": "By Edda Marsh", "person": [{"firstname": "Edda"}]},
                    "pub_date": "2025-05-01T10:00:00+0000",
                    "multimedia": [{"url": "x"}],
                }
            ],
            "meta": {"hits": 1},
        },
    },
    "media cloud": {"results": [item(id="1", media_name="Post", publish_date=WHEN, text=TEXT, url=URL)]},
    "media cloud, stories": {"stories_id": 1, "media_name": "Post", "publish_date": WHEN, "title": "No ferry"}
    | {"story_sentences": [{"sentence_number": 1, "sentence": TEXT}]},
    "webz": {"posts": [item(thread={"site": "Post"}, published=WHEN, text=TEXT)]},
    "wordpress": [
        {
            "date": "2025-05-01T10:00:00",
            "title": {"rendered": "No ferry"},
            "content": {"rendered": f"<p>{TEXT}</p>"},
            "publication": "Post",
        }
    ],
    "fundus": item(
        body={"summary": [], "sections": [{"headline": [], "paragraphs": [TEXT]}]},
        publishing_date="2025-05-01 10:00:00+00:00",
        publisher="Post",
    ),
    "keyed": {"7a": item(articleBody=TEXT, publication="Post", pub_date=WHEN)},
    "trafilatura": item(text=TEXT, date=WHEN, source=URL, hostname="post.example", **{"source-hostname": "Post"}),
    "ninjs of descriptions": {
        "uri": "urn:1",
        "type": "text",
        "versioncreated": WHEN,
        "copyrightholder": "Post",
        "headlines": [{"role": "main", "value": "No ferry"}],
        "descriptions": [{"role": "text", "contenttype": "text/plain", "value": TEXT}],
    },
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_text_publisher_date_and_headline_are_read_from_every_shape(shape, ending, tmp_path, everything):
    content = SHAPES[shape]
    if ending == "jsonl" and isinstance(content, list):
        content = content[0]
    (tmp_path / f"dump.{ending}").write_text(json.dumps(content))
    (article,), rejects = everything(tmp_path)
    assert not rejects
    assert (article["text"], article["publisher"], article["headline"]) == (TEXT, "Post", "No ferry")
    assert article["published"].isoformat() == "2025-05-01T10:00:00+00:00"


def test_articles_keyed_by_their_ids_are_called_so(tmp_path, everything):
    (tmp_path / "dump.json").write_text(json.dumps({"a1": {"articleBody": TEXT}, "b2": {"articleBody": TEXT}}))
    assert [article["id"] for article in everything(tmp_path)[0]] == ["a1", "b2"]


def test_an_item_of_digital_wires_is_its_dateline_and_its_article(tmp_path, everything):
    content = {
        "format": "digitalwires@0.9.1",
        "urn": "urn:newsml:dpa.com:1",
        "version_created": WHEN,
        "headline": "No ferry",
        "dateline": "Kiel (dpa) - ",
        "article_html": f'<section class="main"><p>{TEXT}</p><p>End.</p></section>',
        "creditline": "dpa",
    }
    (tmp_path / "dump.json").write_text(json.dumps(content))
    (article,), _ = everything(tmp_path)
    assert article["text"] == f"Kiel (dpa) - {TEXT}\n\nEnd."
    assert (article["id"], article["publisher"], article["agency"]) == ("urn:newsml:dpa.com:1", "dpa", "dpa")


AP = {"uri": "https://api.example/7", "type": "text", "headline": "No ferry", "versioncreated": WHEN, "provider": "AP"}


def test_an_answer_of_ap_is_its_item_with_the_text_beside_it(tmp_path, everything):
    renditions = {"nitf": {"rel": "Story", "href": URL}}
    content = {"api_version": "1.1", "id": "q", "data": {"meta": {}, "item": {**AP, "renditions": renditions}}}
    (tmp_path / "a.json").write_text(json.dumps({**content, "nitf": {"body_html": f"<block><p>{TEXT}</p></block>"}}))
    (tmp_path / "b.json").write_text(json.dumps(content))
    (article,), (reject,) = everything(tmp_path)
    assert (article["text"], article["publisher"], article["headline"]) == (TEXT, "AP", "No ferry")
    assert reject.reason == "no text in it: its renditions name a file of its own that has the text"


@pytest.mark.parametrize("record", [{"source": URL}, {"url": URL}, {"source": " ", "url": URL}])
def test_an_address_is_no_publisher_but_its_host_is(record, tmp_path, everything):
    (tmp_path / "dump.jsonl").write_text(json.dumps({"text": TEXT, **record}))
    ((article,), _) = everything(tmp_path)
    assert article["publisher"] == "post.example"


def told(path):
    names = Names({})
    list(read_sources(sources([path]), names))
    return names.columns(), list(notices.of({"columns": names.columns()}))


def test_a_last_resort_is_read_and_told(tmp_path):
    (tmp_path / "dump.csv").write_text(f'id,scrape_time,description\na,{WHEN},"{TEXT}"\n')
    columns, messages = told(tmp_path / "dump.csv")
    assert columns == {"id": ["id"], "published": ["scrape_time"], "text": ["description"]}
    assert messages == [
        "no column for published; read instead: scrape_time",
        "no column for text; read instead: description",
    ]


def test_a_teaser_does_not_stand_in_for_a_text_that_is_missing(tmp_path, everything):
    (tmp_path / "dump.csv").write_text(f'id,text,description\na,"{TEXT}",short\nb,,short\n')
    articles, (reject,) = everything(tmp_path)
    assert [article["id"] for article in articles] == ["a"]
    assert reject.reason == "no text"
    assert told(tmp_path / "dump.csv")[1] == []


def test_a_file_without_any_such_column_is_an_error(tmp_path, everything):
    (tmp_path / "dump.csv").write_text("id,words\na,b\n")
    with pytest.raises(NoInputError, match="no column of texts"):
        everything(tmp_path)


def test_nested_columns_of_parquet_are_read_as_nested_objects_are(tmp_path, everything):
    rows = [
        {"id": "1", "fields": {"bodyText": TEXT, "byline": "Edda Marsh"}, "source": {"name": "Ledger"}},
        {"id": "2", "fields": None, "source": {"name": "Post"}},
        {"id": "3", "fields": {"bodyText": f"{TEXT} And more.", "byline": None}, "source": None},
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "dump.parquet")
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    columns, lines = (everything(tmp_path / f"dump.{ending}") for ending in ("parquet", "jsonl"))
    assert columns[0] == lines[0]
    assert [(one["id"], one.get("byline"), one.get("publisher")) for one in columns[0]] == [
        ("1", "Edda Marsh", "Ledger"),
        ("3", None, None),
    ]
    assert columns[1][0].position == "row 2"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("One. ### Two. ###Three.", "One.\n\nTwo.\n\nThree."),
        ("One.<br>Two.<br />Three.", "One.\n\nTwo.\n\nThree."),
        ("One.\\nTwo.\\n\\nThree.", "One.\n\nTwo.\n\n\n\nThree."),
        ("One. | Two! | Three.", "One.\n\nTwo!\n\nThree."),
        ("Rome | Paris | Oslo", "Rome | Paris | Oslo"),
        ("One ### alone.", "One ### alone."),
        ("One.\nTwo ### three ### four.", "One.\nTwo ### three ### four."),
    ],
)
@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_marks_between_paragraphs_become_paragraphs(written, read_as, ending, tmp_path, write, everything):
    write(tmp_path / f"dump.{ending}", [{"id": "1", "text": "Before."}, {"id": "2", "text": written}])
    assert [one["text"] for one in everything(tmp_path)[0]] == ["Before.", read_as]


REAL = {
    "14_article-extraction-ground-truth.json": (181, 0, 181),
    "16_newsapi.org-answer.json": (28, 28, 28),
    "17_lehigh-valley-one-outlet-truncated.csv": (1108, 1107, 1108),
    "18_us-outlets-raw.csv": (120, 120, 120),
    "27_tool-and-api-shapes": (13, 13, 13),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_read_with_dates_and_publishers(name, data, everything):
    path = data / "formats" / name
    if not path.exists():
        pytest.skip(f"needs {path}")
    articles, _ = everything(path)
    dated = sum("published" in article for article in articles)
    assert (len(articles), dated, sum("publisher" in article for article in articles)) == REAL[name]
