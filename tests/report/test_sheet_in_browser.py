"""The sheet as an editor has it: opened from a file in headless Chromium, filled by keys, saved as CSV."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.labels import read_pairs

pytest.importorskip("selenium", reason="needs selenium: pip install selenium")

from selenium.webdriver import ActionChains  # behind what skips without it
from selenium.webdriver.common.by import By  # behind what skips without it
from selenium.webdriver.common.keys import Keys  # behind what skips without it

from tests.report.conftest import HANDLER  # behind what skips without it


def drawn(run: Path, out: Path) -> Path:
    done = CliRunner().invoke(app, ["sample", str(run), "-n", "20", "-o", str(out)])
    assert done.exit_code == 0, done.output
    return out


def press(browser: Any, *keys: str) -> None:
    ActionChains(browser).send_keys(*keys).perform()


def status(browser: Any) -> str:
    text: str = browser.find_element(By.ID, "progress").text
    return text


def saved(browser: Any, folder: Path) -> Path:
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    press(browser, "s")
    file, end = folder / "sheet.csv", time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < end, "nothing was saved"
        time.sleep(0.05)
    return file


def test_a_sheet_is_filled_by_keys_and_read_back(
    open_browser: Callable[[], Any], sample_run: Path, tmp_path: Path
) -> None:
    browser = open_browser()
    page = drawn(sample_run, tmp_path / "page.html")
    browser.get(page.as_uri())
    browser.get_log("browser")
    count = len(browser.find_elements(By.CSS_SELECTOR, ".card"))
    assert status(browser) == f"pair 1 of {count}, 0 labelled"
    assert len([side for side in browser.find_elements(By.CSS_SELECTOR, ".side") if side.is_displayed()]) == 2
    press(browser, "1", "3", Keys.ARROW_RIGHT, "5", Keys.ARROW_LEFT, "0")
    assert status(browser) == f"pair 4 of {count}, 2 labelled"
    note = browser.find_element(By.ID, "note")
    note.send_keys('2 "quoted", and more')  # a key is a label outside the note only
    assert status(browser) == f"pair 4 of {count}, 2 labelled"
    browser.execute_script("document.activeElement.blur()")
    pairs = read_pairs(saved(browser, tmp_path))
    assert [pair.label for pair in pairs[:5]] == ["WD", "SE", "", "", ""]
    assert len(pairs) == count
    assert '"2 ""quoted"", and more"' in (tmp_path / "sheet.csv").read_text("utf-8-sig")
    browser.get("about:blank")
    browser.get(page.as_uri())
    assert status(browser) == f"pair 1 of {count}, 2 labelled"  # the browser kept them
    assert browser.get_log("browser") == []


def test_what_both_share_is_hidden_until_it_is_asked_for(browser: Any, sample_run: Path, tmp_path: Path) -> None:
    browser.get(drawn(sample_run, tmp_path / "page.html").as_uri())
    script = "return getComputedStyle(document.querySelector('mark')).backgroundColor"
    assert browser.execute_script(script) == "rgba(0, 0, 0, 0)"
    press(browser, "m")
    assert browser.execute_script(script) != "rgba(0, 0, 0, 0)"
    html = (tmp_path / "page.html").read_text("utf-8")
    assert not [word for word in ("near miss", "abridged", "score from") if word in html]


def test_an_article_runs_nothing_in_the_sheet(browser: Any, hostile_run: Path, tmp_path: Path) -> None:
    browser.get(drawn(hostile_run, tmp_path / "page.html").as_uri())
    assert browser.execute_script("return window.hacked ?? null") is None
    assert HANDLER in browser.find_element(By.CSS_SELECTOR, ".card.now").text
    assert browser.execute_script("return document.querySelectorAll('script, img').length") == 1
    press(browser, "1")
    assert len({pair.a_id for pair in read_pairs(saved(browser, tmp_path))}) >= 2
