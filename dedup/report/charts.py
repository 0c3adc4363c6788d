"""Bar charts as SVG that a page can hold: no styles of their own, colours of the page, words as text.

matplotlib lays a chart out with plain stand-ins for words and colours; what it writes is then cut down to elements
with attributes, so that a Content-Security-Policy without inline styles allows it and dark and light follow the page.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SVG = "{http://www.w3.org/2000/svg}"
_WIDTH, _BAR, _EDGES = 460, 27, 34  # pixels: a chart, a bar with its gap, what is above and below the bars
_TALL = 190
_LEFT = 0.42  # of the width, for the names
_FONT = 12.5
_NAME = 26  # characters of a name
#: Stand-ins for the colours of the page, which change with light and dark.
_COLOURS = {
    "ink": "#010000",
    "muted": "#020000",
    "rule": "#030000",
    "c0": "#040000",
    "c1": "#050000",
    "c2": "#060000",
    "c3": "#070000",
    "c4": "#080000",
}
_KEPT = ("fill", "stroke", "stroke-width", "stroke-linecap", "text-anchor", "opacity")


@dataclasses.dataclass(frozen=True, slots=True)
class Chart:
    """A picture and the numbers in it.

    ``svg`` is markup, its words escaped; ``head`` and ``rows`` the same as a table; ``legend``: series and colours.
    """

    title: str
    svg: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    legend: Sequence[tuple[str, str]] = ()


def bars(name: str, title: str, head: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """Lying bars: a name and its numbers (one a series, which are stacked) a row; ``head`` names the columns.

    ``name`` makes the ids of the SVG its own. What is printed at a bar is its total.
    """
    names, totals = [row[0] for row in rows], [sum(row[1]) for row in rows]

    def draw(axes: Axes) -> None:
        positions = list(range(len(rows)))[::-1]
        begun = [0] * len(rows)
        for series in range(len(head) - 1):
            widths = [row[1][series] for row in rows]
            axes.barh(positions, widths, left=begun, height=0.62, color=_COLOURS[f"c{series}"])
            begun = [begin + width for begin, width in zip(begun, widths, strict=True)]
        top = max(totals, default=0) or 1
        for position, total, number in zip(positions, totals, range(len(rows)), strict=True):
            axes.text(-0.02 * top, position, f"@{number}", ha="right", va="center", color=_COLOURS["ink"])
            axes.text(total + 0.015 * top, position, f"{total:,}", ha="left", va="center", color=_COLOURS["muted"])
        axes.set_xlim(0, 1.2 * top)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.axis("off")

    legend = [(series, f"c{number}") for number, series in enumerate(head[1:])] if len(head) > 2 else []
    svg = _svg(name, draw, _BAR * len(rows) + 8, _LEFT, dict(enumerate(names)))
    return Chart(title, svg, head, [(label, *numbers) for label, numbers in rows], legend)


def columns(name: str, title: str, head: Sequence[str], rows: Sequence[tuple[str, int]]) -> Chart:
    """Standing bars in the order of time; the first and the last are named, and the highest has its number."""
    heights = [number for _, number in rows]

    def draw(axes: Axes) -> None:
        axes.bar(range(len(rows)), heights, width=0.8, color=_COLOURS["c0"])
        top = max(heights)
        peak = heights.index(top)
        axes.text(peak, 1.03 * top, f"{top:,}", ha="center", va="bottom", color=_COLOURS["muted"])
        axes.axhline(0, color=_COLOURS["rule"], linewidth=1)
        for position, side in {0: "left", len(rows) - 1: "right"}.items() if len(rows) > 1 else ((0, "center"),):
            edge = position + {"left": -0.4, "right": 0.4, "center": 0}[side]
            axes.text(edge, -0.04 * top, f"@{position}", ha=side, va="top", color=_COLOURS["muted"])
        axes.set_xlim(-0.6, len(rows) - 0.4)
        axes.set_ylim(-0.18 * top, 1.16 * top)
        axes.axis("off")

    return Chart(title, _svg(name, draw, _TALL, 0.01, dict(enumerate(label for label, _ in rows))), head, rows)


def _svg(name: str, draw: Any, height: int, left: float, labels: Mapping[int, str]) -> str:
    from matplotlib import rc_context  # noqa: PLC0415  # part of an extra
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415  # part of an extra
    from matplotlib.figure import Figure  # noqa: PLC0415  # part of an extra

    plain: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "wirecopy",
        "font.size": _FONT,
        "font.family": "DejaVu Sans",
    }
    with rc_context(plain):
        figure = Figure(figsize=(_WIDTH / 72, height / 72))
        FigureCanvasSVG(figure)
        draw(figure.add_axes((left, 0, 0.99 - left, 1)))
        written = io.BytesIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    return _plain(ElementTree.fromstring(written.getvalue()), name, labels)


def _plain(root: ElementTree.Element, name: str, labels: Mapping[int, str]) -> str:
    """The SVG without styles, metadata and ids that nothing refers to, with the page's colours and the labels."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}metadata", f"{_SVG}style"):
                parent.remove(child)
    page = {code: f"var(--{colour})" for colour, code in _COLOURS.items()}
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        for attribute, value in _declared(element.attrib.pop("style", "")):
            element.set(attribute, page.get(value, value))
        element.attrib.pop("id", None)
        element.attrib.pop("clip-path", None)  # nothing is drawn outside the axes
        if element.tag == "text" and (element.text or "").startswith("@"):
            _label(element, labels[int(str(element.text)[1:])])
    root.attrib = {"viewBox": root.attrib["viewBox"], "class": "chart", "aria-hidden": "true", "focusable": "false"}
    for defs in [(parent, child) for parent in root.iter() for child in parent if child.tag == "defs"]:
        defs[0].remove(defs[1])
    return ElementTree.tostring(root, encoding="unicode")


def _declared(style: str) -> list[tuple[str, str]]:
    """The declarations of a style that are kept, as attributes."""
    pairs = [part.partition(":") for part in style.split(";") if part.strip()]
    return [(name.strip(), value.strip()) for name, _, value in pairs if name.strip() in _KEPT]


def _label(element: ElementTree.Element, words: str) -> None:
    """Write the words, cut where they are long; the whole is then their title."""
    element.text = words if len(words) <= _NAME else words[: _NAME - 1].rstrip() + "…"
    if len(words) > _NAME:
        ElementTree.SubElement(element, "title").text = words
