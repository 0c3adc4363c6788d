"""``wirecopy store regrade``: the nights of a store graded anew by the models and word lists of today."""

from __future__ import annotations

from jobs.cli.logs import holder
from jobs.cli.options import Agencies, Publishers, Threads
from jobs.cli.progress import progress
from jobs.cli.store.folder import Store
from jobs.cli.store.rebuild import tell_rebuilt

EXAMPLES = ("wirecopy store regrade --store store",)


def regrade(store: Store, threads: Threads = 0, agencies: Agencies = None, publishers: Publishers = None) -> None:
    """Grade all nights of a store anew, each with its own settings, by the models and word lists of this wirecopy.

    wirecopy nightly says when it compares with nights that others graded. The same as wirecopy store rebuild, but for
    the settings.
    """
    from jobs.nightly.rebuild import rebuild

    with progress() as tell:
        done = rebuild(
            store,
            settings=None,
            threads=threads,
            agencies=agencies or (),
            families=publishers,
            note=holder(),
            progress=tell,
        )
    tell_rebuilt(done)
