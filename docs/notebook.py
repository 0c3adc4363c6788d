"""Runs docs/first-steps.ipynb and keeps what its cells show; ``make docs`` runs it, a test checks for drift.

The cells are run one after the other in a folder that has the samples and nothing else.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "first-steps.ipynb"


def executed(text: str) -> str:
    """The notebook with the outputs of its cells as they are now."""
    notebook = json.loads(text)
    names: dict[str, Any] = {}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "samples").symlink_to(ROOT / "samples")
        with contextlib.chdir(name):
            for number, cell in enumerate(cells, 1):
                cell["execution_count"] = number
                cell["outputs"] = _outputs("".join(cell["source"]), number, names)
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _outputs(source: str, number: int, names: dict[str, Any]) -> list[dict[str, Any]]:
    """What a cell prints, and what its last line comes to, as a notebook keeps them."""
    *before, last = ast.parse(source).body
    body = before if isinstance(last, ast.Expr) else [*before, last]
    value, printed = None, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), PAGE.name, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), PAGE.name, "eval"), names)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append(
            {"name": "stdout", "output_type": "stream", "text": printed.getvalue().splitlines(keepends=True)}
        )
    if value is not None:
        shown = {"text/plain": repr(value).splitlines(keepends=True)}
        if hasattr(value, "_repr_html_"):
            shown = {"text/html": value._repr_html_().splitlines(keepends=True), **shown}
        result = {"data": shown, "execution_count": number, "metadata": {}, "output_type": "execute_result"}
        outputs.append(result)
    return outputs


def main() -> None:
    """Bring the notebook up to date."""
    PAGE.write_text(executed(PAGE.read_text("utf-8")), "utf-8")
    print(f"wrote {PAGE}", file=sys.stderr)


if __name__ == "__main__":
    main()
