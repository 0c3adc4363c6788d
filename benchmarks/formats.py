"""Reads sets of real files in the formats that people have, and writes the table of docs/formats.md.

``python benchmarks/formats.py DATA/formats`` prints the table; with ``--write`` it replaces that in docs/formats.md.
The files are not part of the project.
"""

from __future__ import annotations

import argparse
import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from dedup.errors import WirecopyError
from dedup.readers import Names, find, read_sources
from dedup.readers.inputs import Source

DOCS = Path(__file__).parent.parent / "docs" / "formats.md"
BEGIN, END = "<!-- sets of real files: begin -->\n", "<!-- sets of real files: end -->\n"
COLUMNS = ("published", "publisher", "agency")

#: The number that a set's files begin with -> what it is, and how many texts of articles people find in it.
SETS = {
    "01": ("NITF of five agencies", 9),
    "02": ("NewsML 1.x of eleven agencies", 12),
    "03": ("NewsML-G2 of Reuters, AP, dpa, ANSA, STT, TT", 17),
    "04": ("IPTC 7901 and ANPA 1312", 9),
    "05": ("ninjs, answers of AP's interface", 8),
    "06": ("Atom, WordPress export, e-mail, Ritzau", 5),
    "07": ("Canadian Press, GlobeNewswire, BusinessWire", 7),
    "08": ("AP's feed: NITF, Atom", 3),
    "09": ("AFP in Arabic: NewsML, and the same as CSV", 190),
    "10": ("dpa digital-wires, and the same as NewsML-G2", 30),
    "11": ("ninjs 1 to 3, NITF, NewsML of one item each", 48),
    "12": ("exports of press databases", 222),
    "13": ("saved pages of 41 countries", 62),
    "14": ("JSON keyed by id", 362),
    "15": ("GDELT", 0),
    "16": ("an answer of NewsAPI", 28),
    "17": ("a CSV of one outlet, cut texts", 1108),
    "18": ("a CSV of US outlets", 120),
    "19": ("impresso, ALTO", 1),
    "24": ("pages in Asian and other languages", 5),
    "27": ("answers of ten interfaces, output of tools", 13),
}


@dataclasses.dataclass
class Count:
    """What came of a set."""

    articles: int = 0
    filled: Counter[str] = dataclasses.field(default_factory=Counter)
    reasons: Counter[str] = dataclasses.field(default_factory=Counter)

    def add(self, source: Source) -> None:
        """Read a file; one that cannot be read at all is a reason too."""
        try:
            for batch in read_sources([source], Names({})):
                self.articles += batch.articles.num_rows
                self.filled.update({n: batch.articles.num_rows - batch.articles[n].null_count for n in COLUMNS})
                self.reasons.update(each.reason for each in batch.rejects)
        except WirecopyError as error:
            self.reasons[str(error).removeprefix(source.name).strip(" :")] += 1


def count(files: list[Path]) -> Count:
    """What comes of some files and folders."""
    counted = Count()
    result = find(files)
    counted.reasons.update(f"passed over: {each.reason}" for each in result.passed_over)
    for source in result.sources:
        counted.add(source)
    return counted


def rows(folder: Path) -> Iterator[str]:
    """The lines of the table."""
    groups = defaultdict(list)
    for path in sorted(folder.iterdir()):
        groups[path.name[:2]].append(path)
    yield "| files | texts | read | with date | publisher | agency | not read |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, (what, expected) in SETS.items():
        if name in groups:
            made = count(groups[name])
            filled = " | ".join(str(made.filled[column]) for column in COLUMNS)
            reasons = Counter[str]()
            for reason, number in made.reasons.items():
                reasons[_short(reason)] += number
            why = "; ".join(f"{number} x {reason}" for reason, number in reasons.most_common())
            yield f"| {what} | {expected} | {made.articles} | {filled} | {why} |"


def _short(reason: str) -> str:
    """The first words of a reason."""
    return re.split(r"[,;:] (?!no reader)", reason)[0].replace("|", "/")[:80]


def main() -> None:
    """Print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    table = "\n".join(rows(given.folder)) + "\n"
    if given.write:
        before, _, rest = DOCS.read_text("utf-8").partition(BEGIN)
        DOCS.write_text(f"{before}{BEGIN}{table}{END}{rest.partition(END)[2]}", "utf-8")
    else:
        print(table, end="")


if __name__ == "__main__":
    main()
