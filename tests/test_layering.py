"""Every module imports only from what stands before it in the reading order that ``dedup/__init__.py`` states."""

from __future__ import annotations

import ast
import functools
import graphlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: Third-party packages that only some entries may import, as prefixes of dotted module names.
FENCES = {
    "numba": ("dedup.kernels",),
    "mmh3": (  # fingerprints, missing ids, names of clusters, digests of what was written
        "dedup.settings",
        "dedup.readers",
        "dedup.stories.clusters",
        "dedup.manifest",
        "dedup.store.checksum",
        "jobs.nightly.code_fingerprint",
    ),
    "datasketch": ("dedup.minhash",),
    "typer": ("jobs.cli",),
    "obstore": ("dedup.store.objects",),
    "pyspark": ("jobs.spark",),
    "py4j": ("jobs.spark",),  # pyspark's way to the JVM
}


def modules() -> dict[str, Path]:
    """Dotted name -> file, of every module but the two packages' own ``__init__``."""
    files = sorted(file for package in ("dedup", "jobs") for file in (ROOT / package).rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]
    return {name: file for name, file in zip(names, files, strict=True) if "." in name}


def entries(docstring: str) -> list[str]:
    """The entries of a reading order in its order, as dotted names: ``dedup.readers``, ``jobs.cli``."""
    names = []
    for line in re.findall(r"^    (\S.*)$", docstring, re.MULTILINE):
        row, *_ = re.split(r" {3,}", line)
        package, _, words = row.rpartition(":")
        names += [f"{package or 'dedup'}.{word.rstrip('/')}" for word in words.split()]
    return names


def entry_of(module: str) -> str:
    """The entry a module belongs to: its first two names."""
    return ".".join(module.split(".")[:2])


def imports(source: str, known: frozenset[str]) -> set[str]:
    """Dotted names that a source imports, wherever in it; a name out of a package is that module if it is one."""
    result = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            result |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"line {node.lineno}: write the whole name instead of a relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names} - {"dedup.__version__"}
            result |= {name if name in known else str(node.module) for name in names}
    return result


@functools.cache
def graph() -> dict[str, frozenset[str]]:
    """Module -> what it imports."""
    files = modules()
    known = frozenset(files)
    return {name: frozenset(imports(file.read_text("utf-8"), known)) for name, file in files.items()}


@functools.cache
def order() -> list[str]:
    """The reading order as stated."""
    return entries(ast.get_docstring(ast.parse((ROOT / "dedup/__init__.py").read_text("utf-8")), clean=True) or "")


def test_the_stated_order_is_read_whole() -> None:
    assert order()[:4] == ["dedup.errors", "dedup.article", "dedup.settings", "dedup.tables"]
    assert order()[-4:] == ["jobs.nightly", "jobs.warming", "jobs.library", "jobs.cli"]
    assert len(order()) == len(set(order()))


def test_the_architecture_page_lists_the_same_modules() -> None:
    rows = re.findall(r"^\| `([a-z]+)/([a-z]+)/?` \|", (ROOT / "docs/architecture.md").read_text("utf-8"), re.MULTILINE)
    assert [".".join(row) for row in rows] == order()


@pytest.mark.parametrize("module", modules())
def test_a_module_is_in_the_order(module: str) -> None:
    assert entry_of(module) in order(), f"{module} has no place in the reading order of dedup/__init__.py"


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_from_before_itself(module: str) -> None:
    own = entry_of(module)
    ours = {entry_of(name) for name in graph()[module] if name.split(".")[0] in ("dedup", "jobs")}
    public = {"dedup"} if module.startswith("jobs.") else set()  # the public names are for those who run the library
    assert ours - public <= {own, *order()[: order().index(own)]}


def test_an_import_counts_wherever_it_stands() -> None:
    source = "def f():\n    from dedup import corpus, __version__\n    import numba.core\n    from dedup import read\n"
    assert imports(source, frozenset({"dedup.corpus"})) == {"dedup.corpus", "numba.core", "dedup"}


def test_no_folder_goes_round_in_a_circle() -> None:
    inside = {name: {other for other in used if entry_of(other) == entry_of(name)} for name, used in graph().items()}
    tuple(graphlib.TopologicalSorter(inside).static_order())


@pytest.mark.parametrize("package", FENCES)
def test_a_fenced_package_stays_inside_its_fence(package: str) -> None:
    users = {name for name, used in graph().items() if any(other.split(".")[0] == package for other in used)}
    outside = {name for name in users if not any((name + ".").startswith(fence + ".") for fence in FENCES[package])}
    assert not outside
