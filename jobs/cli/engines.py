"""The options that say where the job runs."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Annotated

import typer

from dedup.errors import UsageError


class Engines(enum.StrEnum):
    """Where the job can run."""

    local = "local"
    spark = "spark"


Engine = Annotated[Engines, typer.Option(metavar="local|spark", help="Run in threads on this machine, or on Spark.")]
Master = Annotated[
    str | None, typer.Option(metavar="URL", help="Spark master: yarn, k8s://..., local[*].", show_default=False)
]
Conf = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY=VALUE", help="A Spark setting; can be repeated.", show_default=False),
]


def check_local(master: str | None, conf: Sequence[str] | None) -> None:
    """Raise :class:`~dedup.errors.UsageError` where Spark's options are given without Spark."""
    if master or conf:
        raise UsageError("--master and --conf are for --engine spark")


def settings_of_spark(conf: Sequence[str] | None) -> dict[str, str]:
    """The settings in texts like ``spark.executor.memory=4g``; raises :class:`~dedup.errors.UsageError`."""
    parts = [text.partition("=") for text in conf or ()]
    for (name, equals, _), text in zip(parts, conf or (), strict=True):
        if not (name and equals):
            raise UsageError(f"--conf {text!r} is not KEY=VALUE, as in --conf spark.executor.memory=4g")
    return {name: value for name, _, value in parts}
