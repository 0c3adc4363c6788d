"""The report as a reader has it: opened from a file, in headless Chromium."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from tests.report.conftest import END, HANDLER, SCRIPT

pytest.importorskip("selenium", reason="needs selenium: pip install selenium")

from selenium.webdriver import ActionChains  # behind what skips without it
from selenium.webdriver.common.by import By  # behind what skips without it
from selenium.webdriver.common.keys import Keys  # behind what skips without it

DARK = [{"name": "prefers-color-scheme", "value": "dark"}]

#: Contrast of text with what is behind it, as WCAG 2 reckons it, of every element with text of its own in view.
CONTRAST = """
const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgba = (colour) => {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const behind = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const found = rgba(getComputedStyle(e).backgroundColor);
    if (found[3] === 255) return found;
  }
  return rgba(getComputedStyle(document.documentElement).backgroundColor);
};
const worst = [];
for (const e of document.querySelectorAll("body *")) {
  if (!e.checkVisibility() || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
  if (e.closest("summary, details:not([open])") && !e.closest("summary")) continue;
  const style = getComputedStyle(e), ink = e instanceof SVGElement ? style.fill : style.color;
  const [a, b] = [light(rgba(ink)), light(behind(e))].sort((x, y) => y - x);
  worst.push([(a + 0.05) / (b + 0.05), `${e.tagName}.${e.getAttribute("class")}`, ink]);
}
return worst.sort((x, y) => x[0] - y[0])[0];
"""


@pytest.fixture(params=["sample_page", "small_page"])
def opened(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """Every kind of page, and the samples where a test is about what is in them."""
    yield from shown(browser, request.getfixturevalue(request.param))


@pytest.fixture
def samples_opened(browser: Any, sample_page: Path) -> Iterator[Any]:
    yield from shown(browser, sample_page)


def shown(browser: Any, page: Path) -> Iterator[Any]:
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get(page.as_uri())
    yield browser
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [], "media": ""})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def go(browser: Any, view: str) -> None:
    browser.execute_async_script(
        "const [view, done] = arguments; if (location.hash === '#' + view) done();"
        "else { addEventListener('hashchange', () => setTimeout(done), {once: true}); location.hash = view; }",
        view,
    )


def seen(browser: Any, selector: str) -> list[str]:
    """The texts of the elements that a reader sees."""
    script = (
        "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility()).map(e => e.innerText)"
    )
    result: list[str] = browser.execute_script(script, selector)
    return result


def views(browser: Any) -> list[str]:
    """Everything that can be looked at, a story, a publisher and a near miss of each page."""
    names: list[str] = browser.execute_script("return [...document.querySelectorAll('.view')].map(e => e.id)")
    return list({name.partition("-")[0]: name for name in reversed(names)}.values())


def complaints(browser: Any) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser")]


def biggest(run: Path) -> dict[str, Any]:
    stories: list[dict[str, Any]] = parquet.read_table(run / "stories.parquet").to_pylist()
    return max(stories, key=lambda row: (row["publisher_count"], row["size"]))


def test_every_view_opens_without_a_complaint(opened: Any) -> None:
    for view in views(opened):
        go(opened, view)
        assert len(seen(opened, "h1")) == 1, view
        assert opened.execute_script("return document.querySelector('.view:target').id") == view
    assert complaints(opened) == []


def test_nothing_is_fetched(opened: Any) -> None:
    assert opened.execute_script("return performance.getEntriesByType('resource').map(e => e.name)") == []


def test_it_begins_with_the_night_at_a_glance(samples_opened: Any) -> None:
    assert seen(samples_opened, ".view h1") == ["What was copied, 10–15 May 2025"]
    assert "Of 43 articles" in seen(samples_opened, ".lead")[0]
    assert len(seen(samples_opened, "#night figure")) == 4
    assert (
        samples_opened.execute_script("return document.querySelector('nav [aria-current]').textContent")
        == "At a glance"
    )


def test_a_search_finds_headlines_publishers_and_agencies(samples_opened: Any) -> None:
    go(samples_opened, "stories")
    total = len(seen(samples_opened, "#list tbody tr"))
    field = samples_opened.find_element(By.ID, "search")
    for typed, result in (("tarn bridge", "Tarn Bridge"), ("ANZEIGER", "Jahrmarktsorgeln"), ("agence", "Tarn Bridge")):
        field.clear()
        field.send_keys(typed)
        (row,) = seen(samples_opened, "#list tbody tr")
        assert result in row
        assert seen(samples_opened, "#count") == ["1 story"]
    field.clear()
    field.send_keys("no such words")
    assert seen(samples_opened, "#list tbody tr") == []
    field.clear()
    field.send_keys(" ")
    assert len(seen(samples_opened, "#list tbody tr")) == total > 3


def test_a_click_on_a_heading_sorts_and_another_turns_it(samples_opened: Any) -> None:
    go(samples_opened, "stories")

    def numbers(column: int) -> list[int]:
        return [int(text or 0) for text in seen(samples_opened, f"#list tbody td:nth-child({column})")]

    heads = samples_opened.find_elements(By.CSS_SELECTOR, "#list thead button")
    heads[1].click()
    assert numbers(2) == sorted(numbers(2), reverse=True)
    assert samples_opened.find_elements(By.CSS_SELECTOR, "#list th[aria-sort=descending]")[0].text.startswith(
        "Articles"
    )
    heads[1].click()
    assert numbers(2) == sorted(numbers(2))
    heads[0].click()
    titles = seen(samples_opened, "#list tbody th")
    assert titles.index("Cable ship adrift off the Sorrel Islands") < titles.index("The last plait of Fennel Row")
    assert len(samples_opened.find_elements(By.CSS_SELECTOR, "#list th[aria-sort]")) == 1
    heads[6].click()
    first_seen = [text.split(",")[0] for text in seen(samples_opened, "#list tbody td:nth-child(7)")]
    assert first_seen[-1] == "10 May 2025"


def test_a_story_shows_its_lineage_and_every_article_beside_its_source(samples_opened: Any, sample_run: Path) -> None:
    story = biggest(sample_run)
    go(samples_opened, "stories")
    samples_opened.find_element(By.LINK_TEXT, story["headline"]).click()
    go(samples_opened, f"story-{story['cluster_id']}")
    assert seen(samples_opened, "h1") == [story["headline"]]
    assert samples_opened.title.startswith(story["headline"])
    assert samples_opened.execute_script("return document.activeElement.tagName") == "H1"
    witnesses = samples_opened.find_elements(By.CSS_SELECTOR, ".view:target details.witness")
    circles = samples_opened.find_elements(By.CSS_SELECTOR, ".view:target svg.picture circle")
    assert len(witnesses) == len(circles) == story["size"]
    (pair,) = [
        each for each in samples_opened.find_elements(By.CSS_SELECTOR, ".view:target .pair") if each.is_displayed()
    ]
    assert len(pair.find_elements(By.CSS_SELECTOR, ".side")) == 2
    assert pair.find_elements(By.TAG_NAME, "mark")
    samples_opened.find_element(By.CSS_SELECTOR, ".view:target .back a").click()
    assert seen(samples_opened, "h1") == ["Stories"]


def test_a_passage_under_the_pointer_is_lit_in_both_texts(samples_opened: Any, sample_run: Path) -> None:
    go(samples_opened, f"story-{biggest(sample_run)['cluster_id']}")
    mark = next(
        each
        for each in samples_opened.find_elements(By.CSS_SELECTOR, ".view:target mark[data-p]")
        if each.is_displayed()
    )
    ActionChains(samples_opened).scroll_to_element(mark).move_to_element_with_offset(mark, 0, 0).perform()
    lit = samples_opened.find_elements(By.CSS_SELECTOR, ".lit")
    assert {each.get_attribute("data-p") for each in lit} == {mark.get_attribute("data-p")}
    script = "return new Set([...document.querySelectorAll('.lit')].map(e => e.closest('.side'))).size"
    assert samples_opened.execute_script(script) == 2


def test_what_tries_to_run_is_shown_as_text(browser: Any, hostile_page: Path, hostile_run: Path) -> None:
    browser.get(hostile_page.as_uri())
    browser.get_log("browser")
    for view in ("night", "stories", "publishers", f"story-{biggest(hostile_run)['cluster_id']}"):
        go(browser, view)
    texts = "\n".join(seen(browser, ".view:target .text"))
    for words in (SCRIPT, HANDLER, END):
        assert words in texts
    assert HANDLER in seen(browser, "h1")[0]
    assert browser.execute_script("return window.hacked ?? null") is None
    counts = "return ['script', 'style', 'img', 'main', 'svg[onload]'].map(e => document.querySelectorAll(e).length)"
    assert browser.execute_script(counts) == [1, 1, 0, 1, 0]
    links = browser.execute_script("return [...document.links].map(a => a.protocol)")
    assert set(links) == {"file:"}  # those within the page: a javascript: address is no link
    assert complaints(browser) == []


@pytest.mark.parametrize(
    "injection",
    [
        "body.insertAdjacentHTML('beforeend', '<b id=in onclick=\"window.hacked = 1\">b</b>');"
        "document.getElementById('in').click()",
        "const s = document.createElement('script'); s.textContent = 'window.hacked = 1'; body.append(s)",
        "const s = document.createElement('script'); s.src = 'data:text/javascript,window.hacked=1'; body.append(s)",
        "const a = document.createElement('a'); a.href = 'javascript:window.hacked=1'; body.append(a); a.click()",
    ],
    ids=["handler", "script", "address", "link"],
)
def test_the_policy_blocks_what_is_injected(opened: Any, injection: str) -> None:
    opened.execute_script(f"const body = document.body; {injection}")
    assert opened.execute_async_script("setTimeout(() => arguments[0](window.hacked ?? null), 50)") is None
    assert any("Content Security Policy" in message for message in complaints(opened))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(opened: Any, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    brightness = opened.execute_script(
        "return getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/)[0]"
    )
    assert (int(brightness) > 200) is (scheme == "light")
    for view in views(opened):
        go(opened, view)
        ratio, where, ink = opened.execute_script(CONTRAST)
        assert ratio >= 4.5, (view, where, ink)


def test_on_a_phone_nothing_sticks_out(opened: Any) -> None:
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    for view in views(opened):
        go(opened, view)
        assert opened.execute_script("return document.documentElement.scrollWidth") <= 360, view


def test_it_can_be_read_by_keyboard_and_ear(opened: Any) -> None:
    for view in views(opened):
        go(opened, view)
        levels = opened.execute_script(
            "const heads = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')];"
            "return heads.filter(e => e.checkVisibility()).map(e => +e.tagName[1])"
        )
        assert levels[0] == 1, view
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), view
        assert opened.execute_script("return document.querySelector('.view:target').ariaLabelledByElements.length") == 1
    unnamed = "return [...document.querySelectorAll('input')].filter(e => !e.labels.length).length"
    assert opened.execute_script(unnamed) == 0
    doubled = "const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size"
    assert opened.execute_script(doubled) == 0


def test_the_keyboard_reaches_search_sorting_and_a_story(samples_opened: Any) -> None:
    go(samples_opened, "stories")
    reached = []
    for _ in range(24):
        ActionChains(samples_opened).send_keys(Keys.TAB).perform()
        reached.append(
            samples_opened.execute_script("return document.activeElement.id || document.activeElement.tagName")
        )
    assert "search" in reached
    assert "BUTTON" in reached
    assert "A" in reached[reached.index("BUTTON") :]


def test_it_can_be_read_without_scripts(open_browser: Any, sample_page: Path, sample_run: Path) -> None:
    browser = open_browser()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    story = biggest(sample_run)
    for view, values in (("stories", story["headline"]), (f"story-{story['cluster_id']}", story["headline"])):
        browser.get("about:blank")
        browser.get(f"{sample_page.as_uri()}#{view}")
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        assert any(values in text for text in seen(browser, f"#{view}")), view
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})


def test_on_paper_everything_is_open(samples_opened: Any, sample_run: Path) -> None:
    story = biggest(sample_run)
    go(samples_opened, f"story-{story['cluster_id']}")
    samples_opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": DARK})
    samples_opened.execute_script("dispatchEvent(new Event('beforeprint'))")
    opens = "return document.querySelectorAll('.view:target details.witness[open]').length"
    assert samples_opened.execute_script(opens) == story["size"]
    assert seen(samples_opened, "nav") == []
    assert samples_opened.execute_script(CONTRAST)[0] >= 4.5  # dark on white, whatever the screen was
    samples_opened.execute_script("dispatchEvent(new Event('afterprint'))")
    assert samples_opened.execute_script(opens) == 1


def test_a_near_miss_shows_both_texts_and_why_they_were_not_joined(browser: Any, small_page: Path) -> None:
    for opened in shown(browser, small_page):
        go(opened, "close")
        opened.find_element(By.CSS_SELECTOR, "#close tbody a").click()
        assert seen(opened, "h1") == ["Too little common copy to be sure (score 0.50)"]
        assert len(seen(opened, ".view:target .side")) == 2
        assert len(seen(opened, ".view:target .note a")) == 1  # the story that one of the two is in
