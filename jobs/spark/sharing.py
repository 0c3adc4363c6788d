"""What all tasks of a night have in common: sent to the workers once, also where several calls share a part of it."""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Mapping, Sequence
from typing import Any

from pyspark import RDD, Broadcast, SparkContext

_TASKS = 3  # for each core: some take longer than others
_ITEMS = 8  # of a task: pieces of texts are some 10 MB each


class Shared:
    """A value on its way to the workers; parts of it that were sent before go as their keys."""

    def __init__(self, context: SparkContext, value: Any, kept: Mapping[int, Broadcast[Any]]) -> None:
        """``kept``: what was sent before, by the identities of the objects."""
        file = io.BytesIO()
        _Pickler(file, kept).dump(value)
        self._sent, self._kept = context.broadcast(file.getvalue()), dict(kept)

    def value(self) -> Any:
        """The value, on a worker."""
        return _Unpickler(io.BytesIO(self._sent.value), self._kept).load()

    def destroy(self) -> None:
        """Take it back from the workers, but for what was sent before."""
        self._sent.destroy()


def shared_out(context: SparkContext, items: Sequence[Any]) -> RDD[Any]:
    """Some items in tasks, for the workers; each task has so few that its results fit a small executor."""
    tasks = max(_TASKS * context.defaultParallelism, math.ceil(len(items) / _ITEMS))
    return context.parallelize(items, max(1, min(len(items), tasks)))


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, kept: Mapping[int, Broadcast[Any]]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._kept = kept

    def persistent_id(self, value: Any) -> int | None:
        """The key of what was sent before."""
        return id(value) if id(value) in self._kept else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, kept: Mapping[int, Broadcast[Any]]) -> None:
        super().__init__(file)
        self._kept = kept

    def persistent_load(self, key: Any) -> Any:
        """What was sent before under a key."""
        return self._kept[key].value
