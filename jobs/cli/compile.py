"""``wirecopy compile``: what a first run compiles, compiled now."""

from __future__ import annotations

import typer

from jobs.cli.progress import bars

EXAMPLES = ("wirecopy compile",)


def compile() -> None:
    """Compile the kernels for this processor now, so that the first run need not.

    Useful for images, packages and new machines. Takes about a minute, or a second if the code is compiled already.
    The code is cached in NUMBA_CACHE_DIR if it is set, else in the package's folder, else in ~/.cache/wirecopy. It
    is valid for this version of wirecopy, its libraries and this processor.
    """
    from jobs.warming import warm

    with bars() as show_progress:
        done = warm(show_progress)
    typer.echo(f"{done.functions} functions are compiled, {done.new} of them now; cached in {done.folder}")
