"""What is in memory does not grow with the files."""

from __future__ import annotations

import gzip
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.readers import read

MEGABYTE = 1_000_000
TEXT = b"words and " * 300


@pytest.fixture
def peak():
    """Read without keeping anything: (articles, rejects, peak of Python's and Arrow's memory in bytes)."""

    def measure(path, **options):
        articles = rejects = arrow = 0
        before = pa.total_allocated_bytes()
        tracemalloc.start()
        try:
            for batch in read([path], **options):
                articles += batch.articles.num_rows
                rejects += len(batch.rejects)
                arrow = max(arrow, pa.total_allocated_bytes() - before)
            return articles, rejects, tracemalloc.get_traced_memory()[1] + arrow
        finally:
            tracemalloc.stop()

    return measure


def fill(file, line, count):
    for number in range(count):
        file.write(line % number)


@pytest.mark.parametrize(
    ("name", "header", "line"),
    [
        ("dump.jsonl", b"", b'{"id":"%d","text":"' + TEXT + b'"}\n'),
        ("dump.csv", b"id,text\n", b'%d,"' + TEXT + b'"\n'),
        ("dump.jsonl.gz", b"", b'{"id":"%d","text":"' + TEXT + b'"}\n'),
    ],
)
def test_rows_are_read_in_bounded_memory(name, header, line, tmp_path, peak):
    path = tmp_path / name
    with gzip.open(path, "wb", 1) if name.endswith("gz") else path.open("wb") as file:
        file.write(header)
        fill(file, line, 30_000)
    articles, rejects, memory = peak(path)
    assert (articles, rejects) == (30_000, 0)
    assert memory < 45 * MEGABYTE  # of 90 MB


def test_one_endless_line_is_passed_over_without_being_held(tmp_path, peak):
    path = tmp_path / "dump.jsonl"
    with path.open("wb") as file:
        file.write(b'{"id":"a","text":"')
        for _ in range(60):
            file.write(b"x" * MEGABYTE)
        file.write(b'"}\n{"id":"b","text":"b"}\n')
    articles, rejects, memory = peak(path, max_record=MEGABYTE)
    assert (articles, rejects) == (1, 1)
    assert memory < 5 * MEGABYTE


def test_a_large_row_group_is_read_in_parts(tmp_path, peak):
    count = 30_000
    texts = pa.array([b"%d " % number + TEXT for number in range(count)], pa.binary()).cast(pa.string())
    path = tmp_path / "dump.parquet"
    pq.write_table(pa.table({"text": texts}), path, row_group_size=count, use_dictionary=False, compression="none")
    del texts
    articles, rejects, memory = peak(path)
    assert (articles, rejects) == (count, 0)
    assert memory < 45 * MEGABYTE


def test_batches_are_bounded_in_articles_and_in_text(tmp_path):
    path = tmp_path / "dump.jsonl"
    with path.open("wb") as file:
        fill(file, b'{"id":"%d","text":"x"}\n', 10_000)
        fill(file, b'{"id":"%d","text":"' + TEXT * 300 + b'"}\n', 30)
    batches = [batch.articles for batch in read([path])]
    assert sum(batch.num_rows for batch in batches) == 10_030
    assert max(batch.num_rows for batch in batches) == 4096
    assert max(batch.nbytes for batch in batches) < 16 * MEGABYTE


def test_many_small_files_share_a_batch(tmp_path):
    for number in range(50):
        (tmp_path / f"{number}.txt").write_text("words")
        (tmp_path / f"{number}.jsonl").write_text('{"text":"words"}')
    folders = {ending: sorted(tmp_path.glob(f"*.{ending}")) for ending in ("txt", "jsonl")}
    assert [len(list(read(paths))) for paths in folders.values()] == [1, 1]
