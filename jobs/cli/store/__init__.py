"""``wirecopy store``: looking after the store of the nights, one module a command."""

from __future__ import annotations

from jobs.cli.store import expire, forget, publish, rebuild, regrade, status, verify

COMMANDS = (status, verify, expire, forget, publish, rebuild, regrade)
