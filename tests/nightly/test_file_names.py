"""An article that is called after its file: the name tells nothing of what it is."""

from __future__ import annotations

from dedup.store import Catalogue
from dedup.store.files import NightFiles


def test_another_text_under_a_known_file_name_is_another_article(nights, tmp_path):
    texts = ["The old pier burned down on Monday night. " * 5, "A school of whales was seen off the cape. " * 5]
    for night, text in enumerate([*texts, texts[0]]):
        file = tmp_path / f"night{night}" / "001.txt"
        file.parent.mkdir()
        file.write_text(text + ("\n" if night == 2 else ""))
        done = nights.run(file.parent, day=night)
    assert done.summary["counts"]["repeated"] == 1
    with Catalogue(nights.store) as catalogue:
        night_files = NightFiles(catalogue)
        names = [name for night in catalogue.nights() for name in night_files.read(night, "ids")["id"].to_pylist()]
        assert catalogue.replaced() == set()
    assert names[0] == "001"
    assert [name[:4] for name in names] == ["001", "001~"], "both are kept, and the one that came again is known"
