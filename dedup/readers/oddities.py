"""What looks odd in articles as they were read: more likely a fault of the dump, or of how it was read, than news."""

from __future__ import annotations

from collections.abc import Iterator

import mmh3
import pyarrow as pa
import pyarrow.compute as pc

MANY = 10  # fewer articles tell nothing of a dump
_LONGEST = 150_000  # characters
_ADDRESSES = 100_000  # so many articles are looked at for texts that share an address
_TAIL = 80  # bytes
_CUT = r"(?:\[\+?\d+ (?:chars|characters)\]|(?:\.\.\.|…)\s*\[truncated\]|\[(?:…|\.\.\.)\]|(?:…|\.\.\.)\s*read more)\s*$"
_SHARE = 0.2  # of the articles, for what happens now and then in any dump


class Oddities:
    """Takes down what there is to see in batches of articles (schema :data:`dedup.article.ARTICLES`)."""

    def __init__(self) -> None:
        self._articles = self._dated = self._named = self._cut = 0
        self._publishers: set[str] = set()
        self._longest = (0, "")
        self._addresses: dict[bytes, bytes] = {}
        self._several = 0

    def add(self, articles: pa.RecordBatch) -> None:
        """Look at the articles of a batch."""
        if not articles.num_rows:
            return
        self._dated += articles.num_rows - articles["published"].null_count
        self._named += articles.num_rows - articles["publisher"].null_count
        if len(self._publishers) * 2 >= self._articles:  # else not every article has a publisher of its own
            self._publishers.update(articles["publisher"].unique().drop_null().to_pylist())
        ends = pc.binary_slice(articles["text"].cast(pa.large_binary()), -_TAIL)
        self._cut += pc.sum(pc.match_substring_regex(ends, _CUT, ignore_case=True)).as_py()
        long = articles.filter(
            pc.greater(pc.binary_length(articles["text"]), _LONGEST)
        )  # a character is a byte or more
        lengths = pc.utf8_length(long["text"])
        longest = pc.max(lengths).as_py() or 0
        if longest > self._longest[0]:
            self._longest = longest, long["id"][pc.index(lengths, longest).as_py()].as_py()
        if self._articles < _ADDRESSES:
            self._look_at_addresses(articles)
        self._articles += articles.num_rows

    def _look_at_addresses(self, articles: pa.RecordBatch) -> None:
        with_address = articles.filter(articles["url"].is_valid())
        for url, text in zip(with_address["url"], with_address["text"], strict=True):
            name, content = (mmh3.mmh3_x64_128_digest(each.as_buffer()) for each in (url, text))
            self._several += self._addresses.setdefault(name, content) != content

    def messages(self) -> Iterator[str]:
        """What looks odd, a sentence each."""
        count = self._articles
        if count >= MANY and not self._dated:
            yield "no article has a date: time tells nothing of who was first, and every article is near every other"
        if count >= MANY and not self._named:
            yield "no article names a publisher: how many independent origins a story has cannot be told"
        if count >= MANY and len(self._publishers) == self._named == count:
            yield "every article has a publisher of its own: is that column a publisher?"
        if self._cut:
            yield f"{self._cut:,} of {count:,} texts are cut off with a mark such as [+4274 chars] or ...[truncated]"
        if self._longest[0] > _LONGEST:
            yield f"a text of {self._longest[0]:,} characters, article {self._longest[1]}: is it one article?"
        if self._several > _SHARE * count and self._several >= MANY:
            yield f"{self._several:,} of {count:,} articles have an address that another text has too"
