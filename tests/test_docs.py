"""The pages that are made from the code say what the code says."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("samples/*.md"), *ROOT.glob("benchmarks/*.md")])


@pytest.mark.parametrize("page", ["tables", "settings", "cli"])
def test_a_generated_page_is_up_to_date(page: str) -> None:
    builder = runpy.run_path(str(DOCS / "build.py"))
    assert (DOCS / f"{page}.md").read_text("utf-8") == builder[f"{page}_page"](), "run: make docs"


def test_the_man_page_is_up_to_date() -> None:
    made = runpy.run_path(str(DOCS / "man.py"))["man_page"]()
    assert (DOCS / "wirecopy.1").read_text("utf-8") == made, "run: make docs"
    commands = re.findall(r"^\.SS wirecopy (\w+(?: \w+)?)", made, re.MULTILINE)
    assert {"demo", "detect", "nightly", "store verify", "evaluate"} <= set(commands)


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_the_man_page_is_sound() -> None:
    page = DOCS / "wirecopy.1"
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Kutf8", "-Tutf8", page], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    shown = re.sub(r".\x08", "", done.stdout)
    assert "wirecopy show run 93dac66047ef18b2 --copy" in shown


def links(page: Path) -> list[tuple[Path, str]]:
    """The files that a page links to, with the heading in each that is meant."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    parts = [target.partition("#") for target in targets if "://" not in target and not target.startswith("mailto:")]
    return [(page.parent / path if path else page, heading) for path, _, heading in parts]


def headings(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    found = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert [f"{path}#{heading}" for path, heading in links(page) if not path.exists()] == []
    assert [f"{path}#{heading}" for path, heading in links(page) if heading and heading not in headings(path)] == []


def test_every_page_for_users_is_linked_from_the_readme() -> None:
    linked = {path.resolve() for path, _ in links(ROOT / "README.md")}
    assert {page for page in PAGES if page.parent == DOCS or page.parent == DOCS / "lab"} <= linked
