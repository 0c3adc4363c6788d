"""From the store to where people read: a folder for every night, and which of them is the newest."""

from __future__ import annotations

from pathlib import Path

from dedup.corpus import Corpus
from dedup.store import Catalogue, Night
from dedup.store.files import NightFiles
from jobs.nightly.failpoints import Failpoint
from jobs.nightly.out import Out


def publish(
    catalogue: Catalogue,
    night_files: NightFiles,
    night: Night,
    out: Out,
    failpoint: Failpoint,
    at_hand: Corpus | None = None,
) -> str | Path:
    """Publish a committed night, unless its folder is there as it should be, and point ``latest`` at the newest one.

    The texts of articles that are ``at_hand`` are not read again.
    """
    if out.faults(night_files, night):
        out.replace(catalogue, night_files, night, failpoint, at_hand)
    failpoint("published")
    newest = max([*catalogue.nights("live AND published = ?", (out.target,)), night], key=lambda one: one.number)
    out.point_at(newest)
    failpoint("linked")
    with catalogue.transaction():
        catalogue.run("UPDATE nights SET published = ? WHERE number = ?", (out.target, night.number))
    failpoint("noted")
    return out.folder(night)
