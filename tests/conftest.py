"""What several test files share: the folder of development data, and how hypothesis searches."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent

# The gate judges the same examples every time; a kernel's first call compiles, which no deadline allows for.
hypothesis.settings.register_profile("gate", deadline=None, derandomize=True)
hypothesis.settings.load_profile("gate")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of development data (``WIRECOPY_DATA``, else ``../shared/data``); skips where it is absent."""
    folder = Path(os.environ.get("WIRECOPY_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"needs the development data, which is not at {folder}: name its folder in WIRECOPY_DATA")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the two small dumps that come with the project."""
    return ROOT / "samples"
