"""What a night reads is what it will be known by, and nothing else."""

from __future__ import annotations

import gzip
import json

import pytest

from dedup.errors import AlarmError, BadDataError, InputOutputError, NoInputError
from dedup.store import Catalogue
from dedup.store.files import NightFiles


def test_a_copy_that_is_still_under_way_leaves_nothing_and_is_read_when_it_is_whole(nights, samples, tmp_path):
    full = (samples / "morning.jsonl").read_bytes()
    dump = tmp_path / "dump.jsonl"
    dump.write_bytes(b"".join(full.splitlines(keepends=True)[:10]))

    def goes_on(point):
        if point == "read":
            dump.write_bytes(full)

    with pytest.raises(InputOutputError, match="changed while it was read"):
        nights.run(dump, failpoint=goes_on)
    with Catalogue(nights.store) as catalogue:
        assert not catalogue.nights()
    done = nights.run(dump)
    assert done.summary["counts"]["new"] == len(full.splitlines()) - done.summary["counts"]["rejected"]
    assert [name for name, _ in nights.run(dump).seen] == [str(dump)]


@pytest.mark.parametrize("when", ["inputs known", "window loaded"])
def test_a_dump_that_is_replaced_while_a_night_runs_leaves_nothing(when, nights, samples, tmp_path):
    dump, other = tmp_path / "dump.jsonl", tmp_path / "other.jsonl"
    dump.write_bytes((samples / "morning.jsonl").read_bytes())
    other.write_bytes(dump.read_bytes()[::-1])

    def replaced(point):
        if point == when:
            other.replace(dump)

    with pytest.raises(InputOutputError, match="changed while it was read"):
        nights.run(dump, failpoint=replaced)
    with Catalogue(nights.store) as catalogue:
        assert not catalogue.nights()


def test_a_night_passes_over_the_store_and_what_it_published(nights, samples):
    dump = nights.folder / "dump.csv"
    dump.write_bytes((samples / "evening.csv").read_bytes())
    nights.run(nights.folder)
    again = nights.run(nights.folder, day=1)
    assert (again.summary, [name for name, _ in again.seen]) == (None, [str(dump)])
    assert [each["reason"] for each in again.passed_over] == ["a store", "the folder of a run"]


def test_a_cut_archive_ends_the_night_unless_what_stands_before_the_cut_is_accepted(nights, samples, tmp_path):
    dump = tmp_path / "dump.jsonl.gz"
    dump.write_bytes(gzip.compress((samples / "morning.jsonl").read_bytes())[:-100])
    with pytest.raises(BadDataError, match=r"1 inputs are damaged, first .*dump.jsonl.gz, line \d+: the file is cut"):
        nights.run(dump)
    with Catalogue(nights.store) as catalogue:
        assert not catalogue.nights()
    done = nights.run(dump, accept_damaged=True)
    assert done.summary["counts"]["new"]
    assert [each["path"] for each in done.summary["damaged_inputs"]] == [str(dump)]


def test_a_night_without_an_article_names_the_first_reason(nights, tmp_path):
    dump = tmp_path / "dump.jsonl"
    dump.write_text(json.dumps({"words": "one"}) + "\n")
    with pytest.raises(
        NoInputError, match=r"1 records were rejected, first .*, line 1: no text; the columns are words"
    ):
        nights.run(dump)


def test_an_alarm_of_rejects_names_value_threshold_and_the_first(nights, samples, tmp_path):
    dump = tmp_path / "dump.jsonl"
    dump.write_bytes(b'{"words":"one"}\n' * 20 + (samples / "morning.jsonl").read_bytes())
    says = r"21 of \d+ records are bad \(--max-rejects 0.05\), first .*dump.jsonl, line 1: no text"
    with pytest.raises(AlarmError, match=says):
        nights.run(dump)


def test_many_new_versions_are_told_in_time_that_grows_with_their_number(nights, tmp_path, monkeypatch):
    def article(number, text, day):
        return {"id": f"a{number:05}", "publisher": "Herald", "published": f"2025-05-{day:02}", "text": text}

    def dump(name, articles):
        file = tmp_path / name
        file.write_text("".join(json.dumps(each) + "\n" for each in articles))
        return file

    nights.run(dump("0.jsonl", [article(number, f"old w{number}", 5) for number in range(3000)]))
    looked_at = []
    taken = NightFiles.rows
    monkeypatch.setattr(NightFiles, "rows", lambda self, *more: looked_at.append(more[1]) or taken(self, *more))
    later = [article(number, f"new w{number}", 4 if number % 3 == 0 else 6) for number in range(3000)]
    done = nights.run(dump("1.jsonl", later), day=1)
    assert [done.summary["counts"][name] for name in ("versions", "new")] == [2000, 2000]
    assert looked_at.count("articles") < 20, "not a look for every article"
