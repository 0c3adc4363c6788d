"""Every setting of a run, with its range, and the fingerprints in tables and stores."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import mmh3

from dedup.errors import SettingsError

#: From this score on about nine in ten pairs are right on sets that the model has not seen (docs/lab/grading.md).
MIN_SCORE = 0.6

#: What settings were called before, and are called now. Files, variables and flags may still have the former names.
RENAMED = {"agreement": "min_shared_hashes", "cap": "max_bucket_size"}


def _setting(
    default: Any, says: str, *, low: float | None = None, high: float | None = None, signing: bool = False
) -> Any:
    """A field; ``signing`` marks what changes signatures and so cannot change in an existing store."""
    return dataclasses.field(default=default, metadata={"says": says, "low": low, "high": high, "signing": signing})


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run. Immutable; out-of-range values raise :class:`~dedup.errors.SettingsError`."""

    num_perm: int = _setting(128, "values in a signature", low=16, high=1024, signing=True)
    seed: int = _setting(1, "seed of the hash functions", low=0, high=2**32 - 1, signing=True)
    shingle: int = _setting(3, "tokens in a shingle", low=1, high=16, signing=True)
    min_tokens: int = _setting(20, "articles with fewer tokens match only if identical", low=0, high=10_000)
    min_shared_hashes: int = _setting(
        3, "different signature values that a pair must share to be compared", low=1, high=128
    )
    band_rows: int = _setting(8, "rows in a band, for near-duplicates", low=1, high=64)
    max_bucket_size: int = _setting(
        0,
        "groups in a bucket; larger ones are skipped; 0: a limit that grows with the number of articles",
        low=0,
        high=1_000_000,
    )
    window: int = _setting(30, "maximum days between the dates of two articles", low=0, high=36_500)
    group_members: int = _setting(
        50, "members of a near-duplicate group that are compared with all articles", low=2, high=10_000
    )
    min_score: float = _setting(
        MIN_SCORE,
        "score from which a pair is a match; raise it for precision, lower it for recall",
        low=0.1,
        high=0.99,
    )
    related: bool = _setting(False, "also write pairs graded related, background or template")
    texts: bool = _setting(True, "write the texts of matched articles to articles.parquet")
    learn_furniture: bool = _setting(True, "learn the furniture of each publisher from the articles")
    max_rejects: float = _setting(0.05, "share of rejected records above which the run fails", low=0.0, high=1.0)
    max_record: int = _setting(
        16_000_000, "maximum size of a record in bytes; larger ones are rejected", low=1_000, high=1_000_000_000
    )

    def __post_init__(self) -> None:
        kinds = typing.get_type_hints(type(self))
        for field in dataclasses.fields(self):
            _check(field, getattr(self, field.name), kinds[field.name])
        if self.num_perm % self.band_rows:
            raise SettingsError(
                f"band_rows={self.band_rows} does not divide num_perm={self.num_perm}; choose a divisor"
            )

    def fingerprint(self) -> str:
        """32 hex digits over all settings: equal settings, equal tables."""
        return _digest({field.name: getattr(self, field.name) for field in dataclasses.fields(self)})

    def signing_fingerprint(self) -> str:
        """32 hex digits over the settings that change signatures: stores of different values do not mix."""
        return _digest({f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.metadata["signing"]})


def _check(field: dataclasses.Field[Any], value: Any, kind: type) -> None:
    fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if not fits and not (kind is float and isinstance(value, int)):
        raise SettingsError(f"{field.name}={value!r} is not of type {kind.__name__}")
    low, high = field.metadata["low"], field.metadata["high"]
    if low is not None and not low <= value <= high:
        raise SettingsError(f"{field.name}={value!r} is out of range; it lies between {low} and {high}")


def _digest(values: dict[str, Any]) -> str:
    """A digest over the names, too: a renamed setting keeps its former one here, so that stores stay as they are."""
    former = {today: before for before, today in RENAMED.items()}
    values = {former.get(name, name): value for name, value in values.items()}
    return mmh3.hash_bytes("\n".join(f"{name}={values[name]!r}" for name in sorted(values)).encode()).hex()
