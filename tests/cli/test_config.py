"""Later layers win, every value says where it comes from, and no slip of the pen goes unnoticed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import orjson
import pytest
import typer
from typer.testing import CliRunner

from dedup.errors import SettingsError
from dedup.settings import Settings
from jobs.cli import app
from jobs.cli.options import size
from jobs.config import Value, layered, outdated, settings, spellings


def test_without_layers_the_defaults_hold(tmp_path: Path) -> None:
    held = layered(tmp_path, {}, {})
    assert settings(held) == Settings()
    assert {one.origin for one in held.values()} == {"default"}
    assert list(held) == [field.name for field in dataclasses.fields(Settings)]


def test_flags_beat_variables_beat_files_beat_defaults(tmp_path: Path) -> None:
    (tmp_path / "wirecopy.toml").write_text("seed = 2\nwindow = 2\nmax_record = 2000\n")
    held = layered(tmp_path, {"WIRECOPY_SEED": "3", "WIRECOPY_WINDOW": "3"}, {"seed": 4})
    assert held["seed"] == Value(4, "--seed")
    assert held["window"] == Value(3, "WIRECOPY_WINDOW")
    assert held["max_record"] == Value(2000, "wirecopy.toml")
    assert held["shingle"] == Value(3, "default")
    assert settings(held) == Settings(seed=4, window=3, max_record=2000)


def test_a_project_file_may_hold_the_settings(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.wirecopy]\nrelated = true\n[tool.other]\nseed = 9\n")
    assert layered(tmp_path, {}, {})["related"] == Value(True, "pyproject.toml")
    assert layered(tmp_path, {}, {})["seed"].origin == "default"


def test_settings_in_both_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.wirecopy]\n")
    (tmp_path / "wirecopy.toml").write_text("")
    with pytest.raises(SettingsError, match="keep one"):
        layered(tmp_path, {}, {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("windw = 3", "wirecopy.toml: windw is not a setting; did you mean window?"),
        ("colour = 3", "wirecopy.toml: colour is not a setting; known are num_perm, "),
        ("seed = 1\nwindow = [\n1 2", "wirecopy.toml cannot be read: .*line 3"),
    ],
)
def test_a_bad_file_is_named_with_the_fix(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "wirecopy.toml").write_text(text)
    with pytest.raises(SettingsError, match=message):
        layered(tmp_path, {}, {})


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nwirecopy = 3\n")
    with pytest.raises(SettingsError, match=r"pyproject.toml: tool\.wirecopy must be a table"):
        layered(tmp_path, {}, {})


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("TRUE", True), ("1", True), ("off", False), ("0", False)])
def test_a_variable_says_yes_or_no(tmp_path: Path, text: str, value: bool) -> None:
    assert layered(tmp_path, {"WIRECOPY_RELATED": text}, {})["related"].value is value


@pytest.mark.parametrize(
    ("variable", "text", "wanted"),
    [
        ("WIRECOPY_RELATED", "perhaps", "yes or no"),
        ("WIRECOPY_SEED", "1.5", "a whole number"),
        ("WIRECOPY_MAX_REJECTS", "few", "a number"),
    ],
)
def test_a_variable_of_the_wrong_kind_is_refused(tmp_path: Path, variable: str, text: str, wanted: str) -> None:
    with pytest.raises(SettingsError, match=f"{variable}='{text}' is not {wanted}"):
        layered(tmp_path, {variable: text}, {})


def test_a_misspelt_variable_is_refused_and_a_strange_one_is_not_ours(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"WIRECOPY_SHINGEL: .*did you mean shingle"):
        layered(tmp_path, {"WIRECOPY_SHINGEL": "3"}, {})
    assert settings(layered(tmp_path, {"WIRECOPY_DATA": "/data", "PATH": "/bin"}, {})) == Settings()


def test_a_value_out_of_range_names_its_place(tmp_path: Path) -> None:
    (tmp_path / "wirecopy.toml").write_text("window = -1\n")
    with pytest.raises(SettingsError, match=r"window=-1 is out of range.*\(from wirecopy.toml\)"):
        settings(layered(tmp_path, {}, {}))


def test_the_command_prints_what_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WIRECOPY_SEED", "5")
    printed = CliRunner().invoke(app, ["config", "--json"])
    assert orjson.loads(printed.stdout)["seed"] == {"value": 5, "from": "WIRECOPY_SEED"}
    lines = CliRunner().invoke(app, ["config"]).stdout.splitlines()
    assert ["seed", "5", "WIRECOPY_SEED"] in [line.split() for line in lines]
    assert len(lines) == 1 + len(dataclasses.fields(Settings))


@pytest.mark.parametrize(("former", "name"), [("agreement", "min_shared_hashes"), ("cap", "max_bucket_size")])
def test_a_former_name_is_taken_with_a_warning_wherever_it_is_given(tmp_path: Path, former: str, name: str) -> None:
    (tmp_path / "wirecopy.toml").write_text(f"{former} = 2\n")
    for held, origin, value in (
        (layered(tmp_path, {}, {}), "wirecopy.toml", 2),
        (layered(tmp_path, {f"WIRECOPY_{former.upper()}": "3"}, {}), f"WIRECOPY_{former.upper()}", 3),
        (layered(tmp_path, {}, {former: 4}), f"--{former}", 4),
    ):
        assert settings(held) == Settings(**{name: value})
        assert outdated(held) == [f"{origin}: the setting {former} is now called {name}; use that name"]
    assert outdated(layered(tmp_path, {}, {name: 5})) == []
    with pytest.raises(SettingsError, match=f"{former} is the former name of {name}; give one of them"):
        layered(tmp_path, {}, {former: 4, name: 4})


def test_a_former_name_changes_no_fingerprint() -> None:
    assert Settings().fingerprint() == "12cb755fbab4e8c3111726c4ef50e99c"
    assert Settings(max_bucket_size=7).fingerprint() != Settings().fingerprint()


def test_a_former_flag_is_taken_and_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("id,text\n1," + "one two three " * 20 + "\n")
    ended = CliRunner().invoke(app, ["detect", "a.csv", "--out", "run", "--cap", "7"])
    assert ended.exit_code == 0, ended.output
    assert "warning: --cap: the setting cap is now called max_bucket_size; use that name\n" in ended.stderr
    assert orjson.loads((tmp_path / "run" / "run.json").read_bytes())["settings"]["max_bucket_size"] == 7
    assert "--cap " not in CliRunner().invoke(app, ["detect", "--help"]).output


def test_the_command_ends_with_78_for_bad_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wirecopy.toml").write_text("sede = 5\n")
    printed = CliRunner().invoke(app, ["config"])
    assert (printed.exit_code, printed.stdout) == (78, "")
    assert printed.stderr == "wirecopy: wirecopy.toml: sede is not a setting; did you mean seed?\n"


@pytest.mark.parametrize(("text", "wanted"), [("2G", 2 << 30), ("1.5g", 3 << 29), ("1500M", 1500 << 20), ("7", 7)])
def test_a_size_is_a_number_of_bytes_or_has_a_unit(text: str, wanted: int) -> None:
    assert size(text) == wanted


@pytest.mark.parametrize("text", ["", "G", "5x", "inf", "nanM", "1e400G"])
def test_what_is_no_size_is_told(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a size"):
        size(text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("fields = 3", "wirecopy.toml: fields must be a table"),
        ("[fields]\ntxt = 'x'", "wirecopy.toml: articles have no field txt; did you mean text"),
        ("[fields]\ntext = 3", "wirecopy.toml: fields.text is neither the name of a column nor a list of names"),
        ("[fields]\ntext = ['a', '']", "fields.text is neither the name of a column nor a list of names"),
    ],
)
def test_a_bad_spelling_is_named_with_its_file(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "wirecopy.toml").write_text(content)
    with pytest.raises(SettingsError, match=message):
        spellings(tmp_path)


def test_spellings_of_columns_are_set_once_for_all_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wirecopy.toml").write_text(
        "window = 7\n[fields]\ntext = ['Meldung', 'story.html']\npublisher = 'Blatt'\n"
    )
    lines = [{"meldung": "One", "Blatt": "A"}, {"story": {"html": "Two"}}, {"text": "usual", "meldung": "Three"}]
    (tmp_path / "dump.jsonl").write_bytes(b"\n".join(map(orjson.dumps, lines)))
    monkeypatch.chdir(tmp_path)
    assert layered(tmp_path, {}, {})["window"].value == 7
    done = CliRunner().invoke(app, ["inspect", "dump.jsonl", "--json"])
    seen = orjson.loads(done.stdout)
    assert [one["text"] for one in seen["records"]] == ["One", "Two", "Three"]
    assert seen["columns"]["publisher"] == ["Blatt"]
    done = CliRunner().invoke(app, ["inspect", "dump.jsonl", "--json", "--field", "text=text"])
    assert [one["text"] for one in orjson.loads(done.stdout)["records"]] == ["usual"], "a flag wins"
