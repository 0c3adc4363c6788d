"""Texts to search with: any Unicode, and the characters that words and gaps hang on."""

from __future__ import annotations

from hypothesis import strategies as st

#: Letters of several cases and scripts, digits, what joins and what parts words, what is ignored and what is nothing.
TELLING = (
    "aAbZéÉßſİıﬁǅŉ" + "'’`‘´" + ".,!?…:;" + "12٣۴๕½²Ⅳ" + " \t\n\r\u2028\u00a0" + "\u00ad\u200b\u200d\u200f\ufeff\u0301"
    "كکیيىے\u064b\u0640"
    + "漢字〇かがｶﾞー々"
    + "กขำ\u0e48ຂ\u1780\u1000"
    + "가각\u1100\u1161क़\u093c"
    + '"“”„«»‹›「」'
    + "-–—()[]/@•*©$#"
    "\x00\x1f\u0378\ue000\U0001f600\U000e0100\U0010ffff"
)

any_text = st.text(max_size=150)
telling_text = st.text(st.sampled_from(TELLING), max_size=80)
texts = any_text | telling_text
columns = st.lists(st.none() | texts, max_size=8)

_words = st.sampled_from([f"w{number}" for number in range(40)])
prose = st.lists(_words, max_size=60).map(" ".join)
