"""What a record's metadata says of whose copy it is -> the field ``agency``, without losing any of it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit


def agency(names_given: Iterable[str | None], publisher: str, url: str) -> str:
    """The names and addresses in ``names_given``, each once and as written, joined by ``"; "``.

    The publisher's own name and addresses on the site of ``url``, the article's own, say nothing and are left out.
    """
    seen = {publisher.casefold(), ""}
    unique = []
    for words in names_given:
        name = " ".join(_absolute(url, words or "").split())
        own = name.startswith("/") or _same_site(host(name), host(url))
        if name.casefold() not in seen and not own:
            seen.add(name.casefold())
            unique.append(name)
    return "; ".join(unique)


def host(address: str) -> str:
    """The host in an address, without ``www.``; empty where there is none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.") if "//" in address else ""
    except ValueError:
        return ""


def _absolute(base: str, words: str) -> str:
    try:
        return urljoin(base, words) if words.startswith("/") else words
    except ValueError:
        return words


def _same_site(one: str, other: str) -> bool:
    return bool(one and other) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))
