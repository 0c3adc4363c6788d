"""``wirecopy inspect``: what would be read of some inputs, and how, before anything is done with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import typer

from jobs.cli import notices
from jobs.cli.options import Fields, Inputs, Json, fields
from jobs.cli.printing import columns, document

if TYPE_CHECKING:
    import pyarrow as pa

    from dedup.readers import Inputs as Found
    from dedup.readers.fields import Spelling

EXAMPLES = (
    "wirecopy inspect samples/morning.jsonl",
    "wirecopy inspect 'dumps/2025-*.parquet' --field text=article_body",
    "wirecopy inspect samples/evening.csv --json",
)
_OF_COLUMNS = {"jsonl", "json", "csv", "tsv", "parquet"}
_SHOWN = 3  # articles, and reasons of rejects
_BEGIN, _END = 100, 60  # characters of a text that are shown


def inspect(inputs: Inputs, field: Fields = None, json: Json = False) -> None:
    """Read inputs as a run would, and show which column is read as which field and what looks unusual.

    Nothing is compared or written. If a field is read from the wrong column, or from none, set it with --field.
    """
    from dedup import readers

    inputs_read = readers.find(inputs)
    seen = _read(inputs_read, fields(field or ()))
    if json:
        document(seen)
    else:
        _print(seen)


def _read(inputs_read: Found, named: Mapping[str, Spelling]) -> dict[str, Any]:
    import tempfile
    from pathlib import Path

    from dedup import readers
    from dedup.article import ARTICLES
    from dedup.readers.tally import Recorder

    names = readers.Names(named)
    filled: Counter[str] = Counter()
    records: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as folder:
        with Recorder(Path(folder, "rejects")) as recorder:
            for batch in readers.read_sources(inputs_read.sources, names):
                recorder.add(batch)
                filled["articles"] += batch.articles.num_rows
                filled.update({n: batch.articles.num_rows - batch.articles[n].null_count for n in ARTICLES.names})
                records += _shown(batch.articles.slice(0, _SHOWN - len(records)))
        reading = recorder.reading
        reasons = Counter(reading.rejects()["reason"].to_pylist())
    return {
        "formats": dict(Counter(source.format for source in inputs_read.sources)),
        "bytes": sum(source.size for source in inputs_read.sources),
        "articles": filled["articles"],
        "rejected": reading.rejected,
        "reasons": dict(reasons.most_common(_SHOWN)),
        "fields": {n: filled[n] for n in ARTICLES.names if n not in ("date_only", "published_text")},
        "columns": names.columns(),
        "records": records,
        "passed_over": readers.summed(inputs_read.passed_over),
        **reading.summary(),
    }


def _shown(articles: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    for row in articles.to_pylist():
        text = " ".join(row["text"].split())
        cut = len(text) > _BEGIN + _END
        shown = f"{text[:_BEGIN]} [...] {text[-_END:]}" if cut else text
        yield {name: value for name, value in row.items() if value is not None and name != "date_only"} | {
            "text": shown
        }


def _print(seen: Mapping[str, Any]) -> None:
    formats = ", ".join(f"{name} {count}" for name, count in seen["formats"].items())
    files = sum(seen["formats"].values())
    typer.echo(f"{files:,} file{'s' * (files != 1)} ({formats}), {_size(seen['bytes'])}")
    typer.echo(f"{seen['articles']:,} articles, {seen['rejected']:,} records rejected")
    for reason, count in seen["reasons"].items():
        typer.echo(f"  {count:,} x {reason}")
    rows = [(name, f"{count:,}", _origin(name, seen)) for name, count in seen["fields"].items()]
    typer.echo("\n" + columns(("field", "articles", "read from"), rows))
    for record in seen["records"]:
        typer.echo("\n" + _record(record))
    odd = list(notices.of(seen))
    typer.echo("\n" + "\n".join(f"note: {message}" for message in odd) if odd else "\nnothing looks unusual")


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} kB"


def _origin(field: str, seen: Mapping[str, Any]) -> str:
    """Where a field was read from: columns by their names, else what its format has of it."""
    named = seen["columns"].get(field)
    if named:
        return ", ".join(named)
    if field == "id" and set(seen["formats"]) <= _OF_COLUMNS:
        return "derived from the address or the text"
    return "-" if set(seen["formats"]) <= _OF_COLUMNS or not seen["fields"][field] else "defined by the format"


def _record(record: Mapping[str, Any]) -> str:
    width = max(map(len, record))
    return "\n".join(f"  {name:{width}}  {_plain(value)}" for name, value in record.items())


def _plain(value: Any) -> str:
    return " ".join(str(value).split())
