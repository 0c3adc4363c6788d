"""``python -m jobs.cli`` is ``wirecopy``."""

from __future__ import annotations

from jobs.cli import main

main()
