"""Templates to pages: everything is escaped, and a page runs no script but its own."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any

from dedup.errors import SettingsError
from dedup.report import pairs, words
from dedup.stories.copies.edits import listed

if TYPE_CHECKING:
    from jinja2 import Environment

#: Nothing is fetched from anywhere; the one script and the one style sheet run because their digests are known.
_POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def check() -> None:
    """Raise :class:`~dedup.errors.SettingsError` where the libraries that make a report are not installed."""
    try:
        import jinja2  # noqa: F401, PLC0415  # part of an extra
        import matplotlib  # noqa: F401, PLC0415  # part of an extra
    except ImportError as error:
        raise SettingsError(f"{error.name} is not installed; pip install 'wirecopy[report]'") from None


def render(template: str, *, script: str = "script.js", **values: Any) -> str:
    """The template and its ``script`` (files of the folder ``templates``) with the values; strings are escaped."""
    code, style = _file(script), _file("style.css")
    policy = _POLICY.format(script=_digest(code), style=_digest(style))
    made = environment().get_template(template)
    return made.render(policy=policy, script=code, style=style, **values)


@functools.cache
def environment() -> Environment:
    """Jinja with escaping on for every template, and the words of :mod:`dedup.report.words` as filters."""
    import jinja2  # noqa: PLC0415  # part of an extra

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("dedup.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("when", "share", "named", "publisher", "printer", "headline", "link", "spread"):
        made.filters[name] = getattr(words, name)
    made.filters["why_not"] = pairs.why_not
    made.filters["standing"] = pairs.standing
    made.filters["listed"] = listed
    made.globals["says"] = pairs.SAYS
    return made


def _file(name: str) -> str:
    return resources.files("dedup.report").joinpath("templates", name).read_text("utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
