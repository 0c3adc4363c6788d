"""A folder that mixes all formats is read in one go, and what each sample says arrives in its column."""

from __future__ import annotations

import datetime
import shutil

import pytest

from dedup.readers import read, sources
from dedup.readers.inputs import FORMATS

UTC = datetime.UTC


pytest.importorskip("openpyxl", reason="a sample is a spreadsheet: pip install 'wirecopy[office]'")


@pytest.fixture(scope="session")
def by_id(samples):
    """The articles of all samples by their ids."""
    batches = list(read([samples / "formats"]))
    assert not [reject for batch in batches for reject in batch.rejects]
    return {row["id"]: row for batch in batches for row in batch.articles.to_pylist()}


def test_every_sample_is_read(by_id):
    assert sorted(row["headline"] for row in by_id.values()) == sorted(
        [
            "Band plays on as ferry waits for the tide",
            "Buoy keeper keeps a diary of lights",
            "Eine Tuba kehrt heim",
            "Ferry back in service after a night on a sandbank",
            "Ferry band asks for its tuba back",
            "Ferry captain thanks the tide",
            "Ferry company counts its blankets",
            "Ferry passengers home after night at sea",
            "Ferry refloated after night on sandbank",
            "Ferry spends night on sandbank with brass band",
            "Fähre nach Nacht auf der Sandbank wieder frei",
            "Gulls nest in wreck of trombone",
            "Harbour office opens its book of soundings",
            "Insurers send a diver to the sandbank",
            "Kapelle übt für die nächste Sandbank",
            "Lamp oil sold by the spoon",
            "Le bac échoué repart avec sa fanfare",
            "Library lends out umbrellas",
            "Lightship to be painted red",
            "Mill wheel turns again",
            "Owners of sandbank ferry blame the chart",
            "Pilots ask for a longer whistle",
            "Rain",
            "Sandbank ferry sails again",
            "Sandbank to have a light",
            "Sound to be measured anew after ferry grounding",
            "Survey of sound ordered",
            "Tide table printed upside down",
            "Tuba survives night on sandbank",
        ]
    )


@pytest.mark.parametrize(
    ("id", "publisher", "published", "byline", "agency", "lang"),
    [
        (
            "page",
            "Marram Mercury",
            (2025, 6, 3, 7, 20),
            "Imogen Hale",
            "The Associated Press; https://apnews.com/article/marram-ferry-sandbank",
            "en-GB",
        ),
        (
            "urn:uuid:00000000-0000-4000-8000-000000000003",
            "Inland Courier",
            (2025, 6, 3, 8, 55),
            "Courier staff and agencies",
            "https://www.reuters.com/world/ferry-sandbank",
            "en",
        ),
        ("1630552791", "Inland Courier", (2025, 6, 3, 9, 41), None, "Associated Press", "en"),
        (
            "http://data.sahel-wire.example/items/20250603-0117",
            "The Associated Press",
            (2025, 6, 3, 5, 58),
            "IMOGEN HALE",
            "Marram Mercury; The Associated Press",
            "en",
        ),
        (
            "urn:newsml:nordlicht.example:20250603:ferry-1",
            "dpa",
            (2025, 6, 3, 4, 31),
            "Von Wiebke Harms, dpa",
            "dpa",
            "de",
        ),
        (
            "https://wire.nordlicht.example/items/20250603-ferry-2",
            "Nordlicht News",
            (2025, 6, 3, 9, 5),
            "Piet Aldous",
            "Reuters; Nordlicht News",
            "en",
        ),
        (
            "urn:newsml:wire.example:20250603:ferry",
            "Agence France-Presse",
            (2025, 6, 3, 7, 15),
            "By Odette Vray",
            "Marram Mercury; AFP; Agence France-Presse",
            "en",
        ),
        ("nexis#1", "Eastholm Evening News", (2025, 6, 3, 18, 30), "Edda Marsh", None, None),
        ("nexis#2", "Nordlicht Zeitung", (2025, 6, 4), "Wiebke Harms", None, None),
        ("MARRAM0020250605el650001", "Marram Mercury", (2025, 6, 5), "By Imogen Hale", None, None),
        (
            "NITF-20250603-0042",
            "The Associated Press",
            (2025, 6, 3, 14, 15),
            "By CLEMENCY RUDD, Associated Press",
            "The Associated Press; AP",
            "en",
        ),
        (
            "urn:newsml:afp.com:20250603T151000Z:TX-PAR-AAA01:1",
            "AFP",
            (2025, 6, 3, 15, 10),
            "Par Odette VRAY",
            "AFP; afp.com",
            "fr",
        ),
        ("72000001", "The Canadian Press", (2025, 6, 3, 16, 20), "Piet Aldous", "The Canadian Press", None),
        ("wire-7901", "dpa", (2025, 6, 3, 11, 37), "By Wiebke Harms, dpa", "dpa", None),
        ("wire-1312", "AP", (2025, 6, 3, 18, 10), "By CLEMENCY RUDD, Associated Press", "AP", None),
        (
            "weekend-88213",
            "Eastholm Weekend",
            (2025, 6, 3, 9, 30),
            "Clemency Rudd",
            "Reuters; https://www.reuters.com/world/rss",
            "en-gb",
        ),
        (
            "tag:coastalledger.example,2025:ferry",
            "Coastal Ledger",
            (2025, 6, 3, 11, 45),
            "Edda Marsh",
            "Marram Mercury",
            "en",
        ),
    ],
)
def test_whose_copy_it_is_and_who_printed_it_when(by_id, id, publisher, published, byline, agency, lang):
    row = by_id[id]
    assert (row["publisher"], row["byline"], row["agency"], row["lang"]) == (publisher, byline, agency, lang)
    assert row["published"] == datetime.datetime(*published, tzinfo=UTC)


@pytest.mark.parametrize(
    ("id", "first", "last", "not_in_it"),
    [
        ("page", "Ferry back in service", "most recently in the winter of 2011.", "Crab season"),
        ("page", "Ferry back in service", "winter of 2011.", "Not part of the article"),
        ("page", "Ferry back in service", "winter of 2011.", "All rights reserved"),
        ("urn:uuid:00000000-0000-4000-8000-000000000006", "The great wheel", "sold at the gate.", "Mill wheel turns"),
        ("lexis#1", "Every night", "have been.", "Load-Date"),
        ("m-2", "A pair of gulls", "until the autumn.", "About"),
        ("s-1", "Die Bordkapelle übt", "mehr können.", ";Kapelle"),
        ("t-1", "The tide table", "nothing floated.", "{"),
        ("nexis#1", "The ferry company has", "washed or not.", "Copyright"),
        ("nexis#2", "Die Tuba von", "auf der Kiste.", "LOAD-DATE"),
        ("MARRAM0020250605el650001", "The sandbank off", "It will be green, the harbour office said.", "Document"),
        ("NITF-20250603-0042", "PORT MARRAM (AP) - The harbour", "it is in pencil.", "caption"),
        ("urn:newsml:afp.com:20250603T151000Z:TX-PAR-AAA01:1", "Le bac Saint", "à bord.", "légende"),
        ("72000001", "The insurers of", "He found a tuba.", "<p>"),
        (
            "wire-7901",
            "Port Marram (dpa) - The captain of the ferry Saint Odile has thanked the tide, the café on the quay",
            "mention the chart.",
            "NOTEBOOK",
        ),
        ("wire-1312", "PORT MARRAM (AP) _ The band", "the insurers have the diver.", "AP-WF"),
        ("weekend-88213", "A brass band, 83 passengers", "first to be carried ashore.", "track"),
        ("urn:newsml:wire.example:20250603:survey", "The harbour office", "can be had.", "Survey of sound"),
    ],
)
def test_the_text_is_the_article_and_nothing_else(by_id, id, first, last, not_in_it):
    text = by_id[id]["text"]
    assert text.startswith(first)
    assert text.endswith(last)
    assert not_in_it not in text


def test_paragraphs_stay_apart_and_lines_inside_of_them_do_not(by_id):
    assert by_id["urn:newsml:wire.example:20250603:ferry"]["text"].split("\n\n") == [
        "A brass band gave an unplanned concert of nine hours on Monday night when the ferry Saint Odile ran onto a "
        "sandbank off Port Marram.",
        "The 83 passengers were given blankets, tea and, towards four in the morning, the last of the ship’s ginger "
        "biscuits.",
    ]


def test_a_page_in_another_encoding_than_its_headers_say_is_read_right(by_id):
    assert "Öttering" in by_id["urn:uuid:00000000-0000-4000-8000-000000000006"]["text"]


def test_the_samples_and_a_dump_of_every_other_format_are_one_input(samples, tmp_path, write, everything):
    shutil.copytree(samples / "formats", tmp_path, dirs_exist_ok=True)
    for ending in ("jsonl", "csv.gz", "tsv.zst", "parquet"):
        write(tmp_path / f"dump.{ending}", [{"id": ending, "text": f"words of {ending}"}])
    (tmp_path / "plain.txt").write_text("words")
    articles, rejects = everything(tmp_path)
    assert len(articles) == 29 + 5
    assert not rejects
    assert {source.format for source in sources([tmp_path])} == set(FORMATS)
