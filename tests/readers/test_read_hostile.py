"""Input made to do harm: it costs a reject or an error, and neither memory nor anything outside the input."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zlib
from pathlib import Path

import pyarrow as pa
import pytest

from dedup.errors import SettingsError
from dedup.readers import packed, read
from dedup.readers.inputs import FORMATS

MEGABYTE = 1_000_000
LIMIT = 200_000


@pytest.fixture
def swollen(tmp_path):
    """A small file that unpacks to many megabytes of one byte, behind a head and before a tail."""

    def write(name, head=b"", tail=b"", megabytes=60, byte=b" "):
        path = tmp_path / name
        with gzip.open(path, "wb") if name.endswith(".gz") else pa.CompressedOutputStream(str(path), "zstd") as file:
            file.write(head)
            for _ in range(megabytes):
                file.write(byte * MEGABYTE)
            file.write(tail)
        return path

    return write


def peak(path):
    """(articles, reasons of the rejects, peak of memory in MB) of reading a file in a process of its own."""
    if not Path("/proc/self/status").exists():
        pytest.skip("needs Linux's /proc to measure memory")  # ru_maxrss counts the memory of the parent as well
    code = (
        "import sys\n"
        "from dedup.readers import read\n"
        "got = [batch for batch in read([sys.argv[1]], max_record=int(sys.argv[2]))]\n"
        "print(sum(batch.articles.num_rows for batch in got))\n"
        "print(next(int(line.split()[1]) // 1000 for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
        "for batch in got:\n"
        "    for reject in batch.rejects:\n"
        "        print(reject.reason)\n"
    )
    run = [sys.executable, "-c", code, str(path), str(LIMIT)]
    articles, megabytes, *reasons = subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()
    return int(articles), reasons, int(megabytes)


@pytest.mark.parametrize("packing", [".gz", ".zst"])
@pytest.mark.parametrize(
    ("name", "head", "tail", "byte"),
    [
        ("dump.jsonl", b'{"text":"', b'"}\n', b"x"),
        ("dump.csv", b"text\n", b"\n", b"x"),
        ("dump.json", b'[{"text":"', b'"}]', b"x"),
        ("dump.json", b"", b'{"text":"one"}', b"["),
        ("feed.xml", b"<rss>", b"</rss>", b" "),
        ("page.html", b"<p>", b"</p>", b"<"),
        ("news.warc", b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 60000000\r\n\r\n", b"\r\n\r\n", b" "),
    ],
)
def test_a_file_that_swells_is_not_held(name, head, tail, byte, packing, swollen):
    articles, reasons, megabytes = peak(swollen(name + packing, head, tail, byte=byte))
    assert articles == 0 or byte == b"["
    assert len(reasons) == 1 or byte == b"["
    assert megabytes < 250  # a small page alone takes 150: the interpreter, Arrow and the libraries


@pytest.mark.parametrize("packing", [".gz", ".zst"])
@pytest.mark.parametrize("name", ["dump.jsonl", "dump.csv", "dump.json", "news.warc"])
def test_a_file_that_swells_too_much_is_given_up(name, packing, swollen, monkeypatch, everything):
    monkeypatch.setattr(packed, "FREE_BYTES", 5 * MEGABYTE)
    heads = {"dump.csv": b"text\n", "news.warc": b"WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 60000000\r\n\r\n"}
    path = swollen(name + packing, heads.get(name, b""), byte=b"\n" if name == "dump.csv" else b" ")
    articles, (reject,) = everything(path)
    assert not articles
    assert "swells to more than 100 times its size" in reject.reason


@pytest.mark.parametrize("times", [1, 2, 3])
def test_an_answer_packed_by_the_site_to_swell_is_rejected(times, tmp_path, warc, page):
    body = page().encode() + b" " * 60 * MEGABYTE
    for _ in range(times):
        body = gzip.compress(body)
    kind = {"Content-Type": "text/html", "Content-Encoding": ", ".join(["gzip"] * times)}
    (tmp_path / "news.warc").write_bytes(warc([(body, kind), page().encode()]))
    articles, reasons, megabytes = peak(tmp_path / "news.warc")
    assert (articles, len(reasons)) == (1, 1)
    assert megabytes < 250


def test_a_file_in_a_file_is_not_unpacked_again(tmp_path, everything):
    (tmp_path / "dump.jsonl.gz").write_bytes(gzip.compress(gzip.compress(b'{"text":"one"}')))
    articles, (reject,) = everything(tmp_path)
    assert (articles, reject.position) == ([], "line 1")


@pytest.mark.parametrize("ending", [".rar", ".7z", ".parquet.gz", ".zip.gz", ".txt.gz"])
def test_archives_of_other_kinds_are_no_input(ending, tmp_path):
    (tmp_path / f"dump{ending}").write_bytes(b"PK\x03\x04")
    with pytest.raises(Exception, match=r"no reader for \.|is not read: an archive"):
        read([tmp_path / f"dump{ending}"])


def test_one_record_of_200_mb_costs_itself_alone(tmp_path):
    with (tmp_path / "dump.jsonl").open("wb") as file:
        file.write(b'{"text":"')
        for _ in range(200):
            file.write(b"x" * MEGABYTE)
        file.write(b'"}\n{"text":"one"}\n')
    articles, reasons, megabytes = peak(tmp_path / "dump.jsonl")
    assert (articles, reasons) == (1, [f"larger than max_record ({LIMIT} bytes)"])
    assert megabytes < 150


@pytest.mark.parametrize(
    "body",
    [
        "<p " + " ".join(f"a{number}='x'" for number in range(20_000)) + ">words",
        "<div>" * 200_000 + "words",
        "<b>" * 30_001,
    ],
)
def test_a_page_that_would_take_minutes_is_rejected(body, tmp_path, everything, page):
    (tmp_path / "page.html").write_text(page(text=body))
    articles, (reject,) = everything(tmp_path)
    assert not articles
    assert reject.reason in ("a tag of more than 1000 attributes", "a page of more than 30000 tags")


ODD_IDS = ["../../etc/passwd", "/etc/passwd", "a/b\\c", "a\nb\rc\td", "a\0b", "\x1b[2J", "..", "x" * 5000, "\u202e"]


@pytest.mark.parametrize("id", ODD_IDS)
def test_an_id_is_a_name_and_nothing_else(id, tmp_path, write, everything, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "dump.jsonl", [{"id": id, "text": "one"}])
    write(tmp_path / "dump.parquet", [{"id": id, "text": "one"}])
    before = sorted(tmp_path.rglob("*"))
    articles, rejects = everything(tmp_path)
    assert ([article["id"] for article in articles], rejects) == ([id, id], [])
    assert sorted(tmp_path.rglob("*")) == before


def test_zeros_stay_in_a_text_and_never_end_it(tmp_path, write, everything):
    write(tmp_path / "dump.jsonl", [{"id": "a", "text": "one\0two"}])
    assert everything(tmp_path)[0][0]["text"] == "one\0two"


def test_a_page_with_zeros_and_halves_of_pairs_is_read(tmp_path, everything, page):
    odd = "one\0two &#0; &#xD83D; &#x110000; &#99999999999999;" + " and a good deal more of plain words" * 9
    (tmp_path / "page.html").write_bytes(page(text=odd).encode())
    (article,), _ = everything(tmp_path)
    assert "a good deal more" in article["text"]
    article["text"].encode()


@pytest.mark.parametrize("package", ["trafilatura", "lxml_html_clean", "fastwarc", "defusedxml", "lxml"])
def test_a_package_that_is_missing_is_told_before_anything_is_read(package, tmp_path, monkeypatch):
    needing = [format for format in FORMATS.values() if package in format.needs]
    assert needing
    monkeypatch.setitem(sys.modules, package, None)
    for format in needing:
        (tmp_path / f"dump{format.suffixes[0]}").write_bytes(b"")
        with pytest.raises(SettingsError, match=rf"{package}.*pip install 'wirecopy\[{format.extra}\]'"):
            read([tmp_path / f"dump{format.suffixes[0]}"])


def test_a_package_for_some_records_is_told_when_they_come(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "feedparser", None)
    (tmp_path / "feed.xml").write_text("<rss></rss>")
    with pytest.raises(SettingsError, match=r"feedparser.*pip install 'wirecopy\[web\]'"):
        list(read([tmp_path / "feed.xml"]))
    monkeypatch.setitem(sys.modules, "lxml.etree", None)
    (tmp_path / "item.json").write_text('{"uri":"a","body_xhtml":"<p>one"}')
    with pytest.raises(SettingsError, match=r"lxml.*pip install 'wirecopy\[agency\]'"):
        list(read([tmp_path / "item.json"]))


def test_dumps_of_the_plain_formats_need_no_further_package(tmp_path, write):
    write(tmp_path / "dump.jsonl", [{"id": "a", "text": "one"}])
    (tmp_path / "dump.json").write_bytes(b'[{"id":"b","text":"one"}]')
    code = "import sys; from dedup.readers import read; list(read([sys.argv[1]])); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, text=True)
    assert not {"lxml", "trafilatura", "fastwarc", "feedparser", "defusedxml"} & set(run.stdout.split())


def test_an_error_loses_nothing_that_was_read_before_it():
    full = zlib.compress(b"one two", wbits=31)
    file = packed.Unpacked(gzip.GzipFile(fileobj=io.BytesIO(full + full[:12])), io.BytesIO())
    assert packed.filled(file, 100).startswith(b"one two")
    with pytest.raises(EOFError):
        packed.filled(file, 100)
