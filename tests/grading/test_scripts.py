"""The same edit has the same grade in every script, with spaces between words or without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import grade
from tests.grading.scripts import EVENTS, SCRIPTS, Script

scripts = st.sampled_from(list(SCRIPTS.values()))
everywhere = pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)


def text(script: Script, *sentences: str) -> str:
    return script.between.join(sentences)


@everywhere
def test_one_word_changed_is_a_reprint(script: Script) -> None:
    story = text(script, *script.story)
    changed = story.replace(*script.changed, 1)
    assert changed != story
    result = grade(story, changed)
    assert (result.grade, result.counted) == ("reprint", True)
    assert result.whole > 0.9
    assert "figures agree" in result.reasons


@given(scripts, st.sampled_from([slice(3), slice(4), slice(4, 8), slice(5, 8)]))
def test_half_a_story_or_less_is_abridged(script: Script, half: slice) -> None:
    part = script.story[half]
    result = grade(text(script, *script.story), text(script, *part))
    assert (result.grade, result.counted) == ("abridged", True)
    assert f"{len(part)} of {len(part)} sentences outside quotation stand in the other text" in result.reasons


@given(scripts, st.permutations(range(8)), st.booleans())
def test_half_a_story_with_own_text_is_a_rewrite(script: Script, places: list[int], below: bool) -> None:
    """Any four sentences, in their order, above or below four of another text."""
    keep = [script.story[index] for index in sorted(places[:4])]
    own = list(script.other[:4])
    result = grade(text(script, *script.story), text(script, *(own + keep if below else keep + own)))
    assert (result.grade, result.counted) == ("rewrite", True)


@everywhere
def test_the_same_text_is_identical_and_another_story_of_the_kind_is_nothing(script: Script) -> None:
    story, other = text(script, *script.story), text(script, *script.other)
    assert grade(story, story).grade == "identical"
    result = grade(story, other)
    assert (result.grade, result.counted) == (None, False)
    assert result.score < 0.1


@everywhere
def test_a_daily_report_with_other_names_and_figures_is_a_template(script: Script) -> None:
    one, other = (script.form.format(*words) for words in script.filled)
    result = grade(one, other)
    assert (result.grade, result.counted) == ("template", False)
    assert "other figures or names between the same words" in result.reasons


@pytest.mark.parametrize("name", EVENTS)
def test_another_report_of_the_event_is_no_copy(name: str) -> None:
    script = SCRIPTS[name]
    assert not grade(text(script, *script.story), text(script, *EVENTS[name])).counted
