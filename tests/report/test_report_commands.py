"""``wirecopy report`` and ``wirecopy explain --html`` as commands."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from jobs.cli import app


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(map(str, arguments)))
    return done.exit_code, done.output


def test_the_report_of_a_run_is_written_whole(sample_run: Path, sample_page: Path, tmp_path: Path) -> None:
    assert run("report", sample_run, "-o", tmp_path / "report.html") == (0, "")
    assert (tmp_path / "report.html").read_bytes() == sample_page.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    code, values = run("report", tmp_path, "-o", tmp_path / "report.html")
    assert (code, "is not the folder of a run" in values) == (66, True)


def test_a_place_that_cannot_be_written_is_told(sample_run: Path, tmp_path: Path) -> None:
    code, values = run("report", sample_run, "-o", tmp_path / "no" / "report.html")
    assert (code, "choose another --out" in values) == (73, True)


def test_explain_writes_the_view_of_a_pair(sample_run: Path, tmp_path: Path) -> None:
    page = tmp_path / "pair.html"
    assert run("explain", "newsbolt-bridge", "ledger-bridge", "--run", sample_run, "--html", page) == (0, "")
    html = page.read_text("utf-8")
    assert html.count('<article class="side"') == 2
    assert "Coastal Ledger" in html
    assert html.count("<mark data-p=") >= 4
    assert 'class="furniture"' in html  # the run's own furniture, which no shipped phrase names


def test_explain_writes_the_view_of_two_files(tmp_path: Path) -> None:
    text = "The harbour council of Ormskerry voted on Tuesday to close the northern ferry for good, its clerk said."
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{text} {name}", "utf-8")
    assert run("explain", tmp_path / "a.txt", tmp_path / "b.txt", "--html", tmp_path / "pair.html") == (0, "")
    html = (tmp_path / "pair.html").read_text("utf-8")
    assert html.count("The harbour council of Ormskerry voted") >= 2
    assert "It counts" in html
