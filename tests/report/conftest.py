"""Runs to report on, and a browser to read the report with."""

from __future__ import annotations

import functools
import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dedup import detect
from dedup.report import page
from jobs.folder import rows, summary
from tests.cli.conftest import ROWS, write_run

Report = Callable[[Path], str]

#: An article that tries everything: it must come out as the text that it is.
SCRIPT = "<script>window.hacked = 'script'</script>"
HANDLER = '<img src="x" onerror="window.hacked = \'handler\'"><svg onload="window.hacked = \'svg\'">'
END = "</div></template></section></main></script><!-- ]]> &lt;b&gt; {{ 7 * 7 }} {% raw %}"
COPY = (
    "The harbour council of Ormskerry voted on Tuesday to close the northern ferry for good after eleven years of "
    "losses. Its clerk counted nine votes against four. The two boats are to be sold before the winter, and the "
    "forty men and women who sail them were told that morning. The quay at Pellan stays open for fishing boats. "
    "A bus is to go round the bay instead, six times a day, which takes an hour and ten minutes longer."
)


@pytest.fixture(scope="session")
def report() -> Report:
    """Makes the page of a run folder."""
    return lambda folder: page(functools.partial(rows, folder), summary(folder))


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """The run of the two sample dumps."""
    folder = tmp_path_factory.mktemp("runs") / "samples"
    detect([samples / "morning.jsonl", samples / "evening.csv"], folder, threads=2)
    return folder


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of two copies whose every field tries to run a script."""
    folder = tmp_path_factory.mktemp("hostile")
    articles = [
        {
            "id": f"{name}{HANDLER}",
            "publisher": f"{name} {SCRIPT}",
            "headline": f"{HANDLER}{END} {name}",
            "url": "javascript:window.hacked='link'",
            "published": f"2025-05-1{day}T08:00:00Z",
            "text": f"ORMSKERRY (Reuters) - {COPY}\n\n{SCRIPT}\n{HANDLER}\n{END}\n\n$x^2$ \u202eabc\u202c",
        }
        for day, name in enumerate(("One", "Two", "Three"), 1)
    ]
    (folder / "dump.jsonl").write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")
    detect([folder / "dump.jsonl"], folder / "run", threads=2)
    return folder / "run"


@pytest.fixture(scope="session")
def open_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Any]]:
    """Starts headless Chromium with a profile of its own; skips where it or its driver is absent."""
    chromium, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("needs Chromium and chromedriver: apt-get install chromium chromium-driver")
    if importlib.util.find_spec("selenium") is None:
        pytest.skip("needs selenium: pip install selenium")
    from selenium import webdriver  # noqa: PLC0415  # may be absent
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415  # may be absent

    started = []

    def start() -> Any:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in (
            "headless",
            "no-sandbox",
            "disable-gpu",
            "disable-quic",
            "no-first-run",
            "disable-background-networking",
            "disable-component-update",
            "disable-sync",
            "window-size=1360,900",
            f"user-data-dir={tmp_path_factory.mktemp('profile')}",
        ):
            options.add_argument(f"--{flag}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        browser = webdriver.Chrome(options=options, service=Service(driver))
        started.append(browser)
        return browser

    yield start
    for browser in started:
        browser.quit()


@pytest.fixture(scope="session")
def browser(open_browser: Callable[[], Any]) -> Any:
    """A browser that the tests share; each opens its page anew."""
    return open_browser()


@pytest.fixture(scope="session")
def sample_page(tmp_path_factory: pytest.TempPathFactory, sample_run: Path, report: Report) -> Path:
    """The report of the samples as a file."""
    file = tmp_path_factory.mktemp("pages") / "samples.html"
    file.write_text(report(sample_run), "utf-8")
    return file


@pytest.fixture(scope="session")
def small_page(tmp_path_factory: pytest.TempPathFactory, report: Report) -> Path:
    """The report of a run of one story and one near miss, made by hand."""
    folder = tmp_path_factory.mktemp("small")
    story = [row for row in ROWS["stories"] if row["cluster_id"] == "c1"]
    file = folder / "small.html"
    file.write_text(report(write_run(folder / "run", {"stories": story})), "utf-8")
    return file


@pytest.fixture(scope="session")
def hostile_page(tmp_path_factory: pytest.TempPathFactory, hostile_run: Path, report: Report) -> Path:
    """The report of the hostile articles as a file."""
    file = tmp_path_factory.mktemp("pages") / "hostile.html"
    file.write_text(report(hostile_run), "utf-8")
    return file
