"""The pages that are made from the code say what the code says."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("page", ["tables", "settings", "cli"])
def test_a_generated_page_is_up_to_date(page: str) -> None:
    builder = runpy.run_path(str(DOCS / "build.py"))
    assert (DOCS / f"{page}.md").read_text("utf-8") == builder[f"{page}_page"](), "run: make docs"
