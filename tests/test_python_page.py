"""What docs/python.md and the notebook show can be typed in, and gives what they say."""

from __future__ import annotations

import doctest
import json
import re
import runpy
from pathlib import Path

import pytest

pytest.importorskip("polars", reason="needs polars: pip install polars")

DOCS = Path(__file__).parent.parent / "docs"
_BLOCK = re.compile(r"(?<=^```python\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


@pytest.fixture
def here(tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "samples").symlink_to(samples)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_on_python_shows_what_its_lines_give(here: Path) -> None:
    page = (DOCS / "python.md").read_text("utf-8")
    test = doctest.DocTestParser().get_doctest("\n".join(_BLOCK.findall(page)), {}, "python.md", None, 0)
    messages: list[str] = []
    result = doctest.DocTestRunner().run(test, out=messages.append)
    assert result.attempted > 20
    assert not result.failed, "".join(messages)


def test_the_notebook_shows_what_its_cells_give() -> None:
    text = (DOCS / "first-steps.ipynb").read_text("utf-8")
    assert runpy.run_path(str(DOCS / "notebook.py"))["executed"](text) == text, "run: make docs"
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 5
    assert all(cell["outputs"] for cell in cells)
    assert "Council hid crack in Tarn Bridge" in "".join(cells[0]["outputs"][0]["data"]["text/html"])
