"""The option that names a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from jobs.cli.options import path_option

Store = Annotated[Path, path_option(metavar="DIR", help="The store of the nights.", show_default=False)]
