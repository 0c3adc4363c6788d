from __future__ import annotations

from pathlib import Path

import pytest

from dedup.errors import SettingsError
from dedup.stories.provenance import load_families


def test_a_family_is_found_by_name_whatever_its_case_and_article() -> None:
    families = load_families()
    assert families.owner("the TIMES", None) == families.owner("New York Post", None) == "News Corp"
    assert families.owner("The Halvermouth Beacon", "halvermouth.example") is None
    assert families.owner(None, None) is None


def test_a_family_is_found_by_its_site_and_everything_below_it() -> None:
    families = load_families()
    assert families.owner("Some Edition", "politics.nypost.com") == "News Corp"
    assert families.owner("www.nypost.com", None) == "News Corp"
    assert families.owner(None, "notnypost.com") is None


def test_a_family_of_the_user_takes_what_it_lists(tmp_path: Path) -> None:
    own = tmp_path / "families.toml"
    own.write_text(
        '[[family]]\nname = "Owner"\npublishers = ["New York Post", "The Beacon"]\ndomains = ["b.example"]\n'
    )
    families = load_families(own)
    assert families.owner("New York Post", None) == families.owner("Beacon", None) == "Owner"
    assert families.owner(None, "a.B.example") == "Owner"
    assert families.owner("The Times", None) == "News Corp"


def test_a_family_of_the_user_replaces_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    own = tmp_path / "families.toml"
    own.write_text('[[family]]\nname = "News Corp"\npublishers = ["The Beacon"]\n')
    families = load_families(own)
    assert families.owner("The Beacon", None) == "News Corp"
    assert families.owner("The Times", "thetimes.com") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[family]\n", "cannot be read"),
        ('[[owner]]\nname = "x"\n', "'owner' is unknown"),
        ('[family]\nname = "x"\n', "write [[family]]"),
        ("family = [1]\n", "number 1"),
        ('[[family]]\npublishers = ["x"]\n', "'name' is missing"),
        ('[[family]]\nname = "x"\nsites = []\n', "'sites' is unknown"),
        (
            '[[family]]\nname = "x"\n[[family]]\nname = "y"\ndomains = "y.example"\n',
            "number 2: 'domains' is not a list",
        ),
        ('[[family]]\nname = "x"\npublishers = ["..."]\n', "'publishers' is not a list of texts"),
    ],
)
def test_a_file_of_another_form_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_families(own)
    assert message in str(refused.value)
    assert "mine.toml" in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_families(tmp_path / "none.toml")
