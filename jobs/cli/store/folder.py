"""The option that names a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Store = Annotated[Path, typer.Option(metavar="DIR", help="The store of the nights.", show_default=False)]
