"""``wirecopy compile``: what a first run compiles, compiled now."""

from __future__ import annotations

import typer

from jobs.cli.progress import progress

EXAMPLES = ("wirecopy compile",)


def compile() -> None:
    """Compile all loops for this processor, so that no run has to; for images, packages and new machines.

    It takes about a minute, and a second where it was done before. The code is kept where NUMBA_CACHE_DIR says, else in
    the package's own folder, else in ~/.cache/wirecopy; it holds for this version, these libraries and this processor.
    """
    from jobs.warming import warm

    with progress() as tell:
        done = warm(tell)
    typer.echo(f"{done.functions} functions are compiled, {done.new} of them now; kept in {done.folder}")
