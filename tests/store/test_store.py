"""What a store is to others: one writer, many readers, files that any tool opens, nothing that runs."""

from __future__ import annotations

import ast
import importlib.util
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import dedup.store
from dedup.errors import BusyError
from dedup.minhash import minhash_texts
from dedup.settings import Settings
from dedup.store import Catalogue, locked
from dedup.store.lock import holder, is_held

from .conftest import window

ROOT = Path(__file__).parent.parent.parent
TEXTS = ["The council of Ormskerry voted on Tuesday to close the northern ferry for good " * 3, "Rope is dear. " * 20]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of one night."""
    with window(tmp_path, [TEXTS], Settings()):
        return tmp_path / "store"


def test_signatures_are_read_by_plain_pyarrow(store: Path) -> None:
    (file,) = store.glob("nights/*/signatures.parquet")
    table = pq.read_table(file)
    values = np.frombuffer(b"".join(table["values"].to_pylist()), "<u4").reshape(-1, 128)
    articles = pq.read_table(file.with_name("articles.parquet"))
    assert table["id"].to_pylist() == articles["id"].to_pylist()
    assert (values == minhash_texts(articles["text"].combine_chunks()).values).all()
    assert table.schema.metadata[b"wirecopy.signing"].decode() == Settings().signing_fingerprint()


def test_the_catalogue_is_read_by_plain_sqlite(store: Path) -> None:
    base = sqlite3.connect(store / "catalogue.sqlite")
    assert base.execute("SELECT as_of, articles FROM nights").fetchall() == [("2025-05-01", 2)]
    files = base.execute("SELECT name, bytes FROM files").fetchall()
    base.close()
    (night,) = store.glob("nights/*")
    assert {name: (night / name).stat().st_size for name, _ in files} == dict(files)


@pytest.mark.parametrize("tool", ["pyarrow", "sqlite3", "duckdb"])
def test_what_the_page_shows_works(tool: str, store: Path) -> None:
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")
    page = (ROOT / "docs" / "store.md").read_text("utf-8")
    (block,) = [block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if f"import {tool}" in block]
    done = subprocess.run([sys.executable, "-c", block], cwd=store.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "(2, 128)" in done.stdout or tool != "pyarrow"


def test_nothing_in_a_store_can_be_run(store: Path) -> None:
    kinds = {path.suffix: path.read_bytes()[:4] for path in store.rglob("*") if path.is_file() and path.suffix}
    assert {kind: kinds[kind] for kind in (".parquet", ".sqlite")} == {".parquet": b"PAR1", ".sqlite": b"SQLi"}
    assert kinds.keys() == {".parquet", ".json", ".sqlite", ".digest"}
    assert [path.name for path in store.rglob("*") if path.is_file() and not path.suffix] == ["lock"]
    assert not any(path.stat().st_mode & 0o111 for path in store.rglob("*") if path.is_file())


@pytest.mark.parametrize("package", ["dedup/store", "jobs/nightly"])
def test_no_module_of_the_store_loads_code(package: str) -> None:
    for file in (ROOT / package).glob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        called = {call.id for call in calls if isinstance(call, ast.Name)}
        assert not imported & {"pickle", "marshal", "shelve", "dill", "joblib"}, file
        assert not called & {"eval", "exec", "compile", "__import__"}, file


HOLD = """
import sys, time
from pathlib import Path
from dedup.store import locked
with locked(Path(sys.argv[1]), "the other one"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_turned_away_until_the_first_one_is_dead(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        assert is_held(tmp_path)
        with pytest.raises(BusyError, match="the other one"), locked(tmp_path, "me"):
            pass
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert not is_held(tmp_path)
    assert holder(tmp_path) == "the other one", "which is for people to read, and decides nothing"
    with locked(tmp_path, "me"):
        assert is_held(tmp_path)
    assert holder(tmp_path) == ""


COMMIT = """
import sys
from pathlib import Path
from dedup.store import Catalogue
with Catalogue(Path(sys.argv[1]), write=True) as writer, writer.transaction():
    writer.run("UPDATE nights SET published = 'elsewhere'")
    print("committing", flush=True)
"""


def test_a_reader_sees_one_state_while_a_night_is_committed(store: Path) -> None:
    with Catalogue(store) as reader:
        with reader.reading():
            before = reader.ask("SELECT published FROM nights")
            writer = subprocess.Popen([sys.executable, "-c", COMMIT, str(store)], stdout=subprocess.PIPE, cwd=ROOT)
            assert writer.stdout is not None and writer.stdout.readline() == b"committing\n"
            assert reader.ask("SELECT published FROM nights") == before
        assert (writer.wait(), writer.stdout.close()) == (0, None)
        assert reader.ask("SELECT published FROM nights") == [("elsewhere",)]


def test_a_transaction_that_fails_leaves_nothing(store: Path) -> None:
    with Catalogue(store, write=True) as catalogue:
        before = catalogue.ask("SELECT * FROM nights")
        with pytest.raises(RuntimeError), catalogue.transaction():
            catalogue.run("UPDATE nights SET live = 0")
            raise RuntimeError
        assert catalogue.ask("SELECT * FROM nights") == before


def test_the_package_says_what_is_public() -> None:
    assert all(hasattr(dedup.store, name) for name in dedup.store.__all__)
