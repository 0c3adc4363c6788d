"""What tonight's articles are called: as the store calls them, where it has them.

A name that is made of a file's name tells nothing of the article: another text of that name is another article, and is
called by the digest of its text besides.

An id is one within a publisher. The first publisher that brings an id to the store has it as it was read; another one's
article is called ``id@publisher`` (:func:`dedup.article.qualified`) in this night and all that follow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.article import qualified
from dedup.corpus import Corpus
from dedup.store import Catalogue
from dedup.store.files import NightFiles


def renamed(corpus: Corpus, catalogue: Catalogue, night_files: NightFiles, files: Collection[str] = ()) -> Corpus:
    """Tonight's articles under the names that the store knows them by, or would give them.

    ``files``: the ids that were made of the names of files.
    """
    longer = qualified(corpus.read_ids, corpus.publishers)
    owners = _owners(pa.concat_arrays([corpus.read_ids, longer]), catalogue, night_files)
    named = corpus.renamed(_named(corpus, longer, owners)) if owners else corpus
    return _distinguish_texts(named, catalogue, night_files, files) if files else named


def _distinguish_texts(corpus: Corpus, catalogue: Catalogue, night_files: NightFiles, files: Collection[str]) -> Corpus:
    """The corpus, in which a file of a known name and another text is called ``name~digest``."""
    made = pc.is_in(corpus.read_ids, pa.array(sorted(files), pa.string())).to_numpy(zero_copy_only=False)
    stored: dict[str, set[int]] = {}
    asked, nights = corpus.ids.filter(pa.array(made)), catalogue.nights()
    for _, known in night_files.among(nights, "ids", ["id"], [asked] * len(nights)):
        for name, digest in zip(known["id"].to_pylist(), known["digest"].to_pylist(), strict=True):
            stored.setdefault(name, set()).add(digest)
    names = corpus.ids.to_pylist()
    for row in np.flatnonzero(made).tolist():
        digest = int(corpus.signatures.digests[row])
        if digest not in stored.get(names[row], {digest}):
            names[row] = f"{names[row]}~{digest:016x}"
    return corpus.renamed(pa.array(names, pa.string()))


def _owners(names: pa.Array, catalogue: Catalogue, night_files: NightFiles) -> dict[str, str | None]:
    """The publishers of the stored articles that have one of these names."""
    owners: dict[str, str | None] = {}
    wanted = [(night, names) for night in catalogue.nights()]
    for rows in night_files.of_ids(wanted, "signatures", ["id", "publisher"]):
        owners |= zip(rows["id"].to_pylist(), rows["publisher"].to_pylist(), strict=True)
    return owners


def _named(corpus: Corpus, longer: pa.Array, owners: Mapping[str, str | None]) -> pa.Array:
    """A name for every article, all different, and none that the store has given to another publisher's."""
    given: dict[str, None] = {}
    columns = (column.to_pylist() for column in (corpus.ids, corpus.read_ids, longer, corpus.publishers))
    for own, read, full, publisher in zip(*columns, strict=True):
        stored = [name for name in (read, full) if name in owners and owners[name] == publisher]
        choices = [*stored, *(name for name in (own, full) if name not in owners)]
        name = next((name for name in choices if name not in given), full)
        while name in given or (name in owners and name not in stored):
            name = qualified(pa.array([name]), pa.array([publisher], pa.string()))[0].as_py()
        given[name] = None
    return pa.array(list(given), pa.string())
