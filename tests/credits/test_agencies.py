"""Agencies as data: what is shipped, and what users may add."""

from __future__ import annotations

from pathlib import Path

import pytest

from dedup.article import Article, record_batch
from dedup.credits import Agencies, find, load_agencies, own_agency
from dedup.credits.names import is_agency
from dedup.errors import SettingsError
from dedup.text.tokens import tokenise


def credit_names(text: str, agencies: Agencies) -> set[str]:
    batch = record_batch([Article("x", text)])
    result = find(batch, tokenise(batch["text"]), agencies)
    return set(result["name"].to_pylist())


@pytest.mark.parametrize(
    "alias", ["Associated Press", "AFP", "新华社", "رويترز", "پریس ٹرسٹ آف انڈیا", "ТАСС", "पीटीआई"]
)
def test_an_agency_is_found_in_its_scripts(alias: str, agencies: Agencies) -> None:
    assert len(credit_names(f"({alias}) - x y z", agencies)) == 1


def test_every_continent_and_press_releases_are_there(agencies: Agencies) -> None:
    assert {"ap", "pti", "app", "xinhua", "dpa", "tass", "anadolu", "nan", "cp", "telam", "aap"} <= set(agencies.kinds)
    assert agencies.kinds["businesswire"] == "press-release"
    assert agencies.kinds["ap"] == "news"


def test_publisher_and_site_tell_whose_article_it_is(agencies: Agencies) -> None:
    assert own_agency("Reuters", None, agencies) == "reuters"
    assert own_agency("The Associated Press", None, agencies) == "ap"
    assert own_agency(None, "https://uk.reuters.com/x", agencies) == "reuters"
    assert own_agency("APP", "https://www.app.com.pk/national/x", agencies) == "app"
    assert own_agency("The Express Tribune", "https://tribune.com.pk/x", agencies) is None
    assert own_agency(None, None, agencies) is None


def test_users_add_an_agency(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text('[[agency]]\nid = "pna2"\nname = "Puddleby News Agency"\naliases = ["PUNA"]\n', "utf-8")
    agencies = load_agencies([file])
    assert credit_names("LONDON (PUNA) - x", agencies) == {"pna2"}
    assert credit_names("LONDON (AP) - x", agencies) == {"ap"}


def test_an_alias_that_a_shipped_agency_has_too_is_the_users(tmp_path: Path) -> None:
    assert credit_names("LONDON (TNA) - x", load_agencies()) == {"tna"}
    file = tmp_path / "my.toml"
    file.write_text(
        '[[agency]]\nid = "tarn"\nname = "Tarn News Agency"\naliases = ["TNA"]\ndomains = ["reuters.com"]\n', "utf-8"
    )
    agencies = load_agencies([file])
    assert credit_names("LONDON (TNA) - x", agencies) == {"tarn"}
    assert own_agency(None, "https://www.reuters.com/x", agencies) == "tarn"


def test_users_replace_an_agency_and_its_aliases(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text('[[agency]]\nid = "ap"\nname = "Associated Press"\naliases = ["AYPEE"]\n', "utf-8")
    assert credit_names("LONDON (AYPEE) - x", load_agencies([file])) == {"ap"}
    assert credit_names("LONDON (AP) - x", load_agencies([file])) == set()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[agency", "cannot be read"),
        ("[[bureau]]\nid = 1", "'bureau' is unknown"),
        ("agency = 1", "'agency' is unknown"),
        ('[[agency]]\nname = "X"', "'id' is missing"),
        ('[[agency]]\nid = "x"\nname = 3', "'name' is missing or not a text"),
        ('[[agency]]\nid = "x"\nname = "X"\nalias = ["X"]', "'alias' is unknown"),
        ('[[agency]]\nid = "x"\nname = "X"\naliases = "X"', "'aliases' is not a list"),
        ('[[agency]]\nid = "x"\nname = "X"\naliases = ["--"]', "'aliases' is not a list"),
        ('[[agency]]\nid = "x"\nname = "X"\nkind = "radio"', "'kind' is 'radio'"),
        ('[[agency]]\nid = "x"\nname = "X"\nambiguous = [{alias = "Y"}]', "not among 'aliases'"),
        ('[[agency]]\nid = "x"\nname = "X"\naliases=["Y"]\nambiguous = [{alias = "Y", counts = ["top"]}]', "'top'"),
        ('[[outlet]]\nname = ""', "'name' is missing"),
    ],
)
def test_a_wrong_file_is_named_with_its_key_and_the_fix(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(SettingsError) as raised:
        load_agencies([file])
    assert str(file) in str(raised.value)
    assert message in str(raised.value)
    assert ";" in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml"):
        load_agencies([tmp_path / "absent.toml"])


def test_an_agency_is_told_from_an_outlet_by_its_id(agencies: Agencies) -> None:
    for alias in agencies.by_key.values():
        assert is_agency(alias.name) == alias.agency, alias


BODY = "The council met on Monday and heard about the bridge. " * 30


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BODY|This story was produced by Stacker and reviewed and distributed by Stacker.", "stacker"),
        ("BODY|This article originally appeared on Stacker and was republished here.", "stacker"),
        ("By Dana Moss, Stacker|BODY", "stacker"),
        ("BODY|This article is republished from The Conversation under a Creative Commons one.", "The Conversation"),
        ("By Ann Roe, The Conversation|BODY", "The Conversation"),
        ("By Dean Murray, Talker|BODY", "talker"),
        ("BODY|Copyright 2025 Sportradar. All rights reserved.", "sportradar"),
        ("(CNN Newsource) - BODY", "cnn-newsource"),
        ("BODY|The-CNN-Wire", "cnn-newsource"),
        ("BODY|Copyright 2025 CNN Newsource. All rights reserved.", "cnn-newsource"),
        ("WASHINGTON (States Newsroom) - BODY", "statesnewsroom"),
        ("By Jo Roe, KFF Health News|BODY", "kff"),
        ("By Jo Roe, Kaiser Health News|BODY", "kff"),
        ("BODY|This story was originally published by ProPublica.", "ProPublica"),
        ("BODY|Copyright 2025 NPR. To see more, visit npr.org.", "NPR"),
    ],
)
def test_a_syndicator_is_credited_where_its_copy_says_so(text: str, name: str, agencies: Agencies) -> None:
    assert credit_names(text.replace("|", "\n\n").replace("BODY", BODY), agencies) == {name}


@pytest.mark.parametrize(
    "text",
    [
        *("COLUMBIA, Mo. (KMIZ) - BODY", "COLUMBIA, Mo. (KOMU) - BODY", "NEW YORK (WABC) - BODY", "BODY|(KMIZ)"),
        *("By Jo Roe, KOMU|BODY", "BODY|Copyright 2025 KMIZ. All rights reserved."),
        *("The tower was built by a stacker. BODY", "The Stacker stood in the yard, red and rusty. BODY"),
        *("The shares of Sportradar rose on Monday. BODY", "He is a fast talker, and they like him. BODY"),
        "In Conversation with the mayor we learn more. BODY",
    ],
)
def test_a_call_sign_and_a_word_of_everyday_are_no_agency(text: str, agencies: Agencies) -> None:
    assert credit_names(text.replace("|", "\n\n").replace("BODY", BODY), agencies) == set()
