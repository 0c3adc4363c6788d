"""Loads what samples/ops/ has for a scheduler with the scheduler's own library; ``make ops`` runs it, one for each.

Where the library can run a night without a server, a ``wirecopy`` that ends with a given exit code is put into its way:
0 has to go through, 75 to be tried again, and 76 to fail at once.
"""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

OPS = Path(__file__).parent.parent.parent / "samples" / "ops"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, OPS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def ending_with(*codes: int) -> Path:
    """Put a ``wirecopy`` first into the path that ends with one code after the other; the file counts its calls."""
    folder = Path(tempfile.mkdtemp(prefix="wirecopy-"))
    command, calls = folder / "wirecopy", folder / "calls"
    calls.write_text("")
    cases = "".join(f"{index}) exit {code};; " for index, code in enumerate(codes, 1))
    values = '{"folder": "out", "night": {"counts": {"new": 1}}, "seen": {}}'
    counted = f"case $(wc -l < {calls} | tr -d ' ') in {cases}esac"
    command.write_text(f"#!/bin/sh\necho . >> {calls}\necho '{values}'\n{counted}\nexit {codes[-1]}\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return calls


def called(calls: Path) -> int:
    return len(calls.read_text().splitlines())


def airflow() -> None:
    from airflow.sdk.definitions.dag import DAG
    from airflow.sdk.exceptions import AirflowFailException

    module = load("airflow_dag")
    dag: Any = module.wirecopy_nightly()
    assert isinstance(dag, DAG)
    assert dag.max_active_runs == 1
    (night,) = dag.tasks
    assert night.retries == 4
    ending_with(0)
    night.python_callable(ds="2025-05-09")
    for code, error in ((75, RuntimeError), (76, AirflowFailException)):
        ending_with(code)
        try:
            night.python_callable(ds="2025-05-09")
        except Exception as raised:
            assert type(raised) is error, raised
        else:
            raise AssertionError(f"{code} went through")


def dagster() -> None:
    import dagster

    module = load("dagster_asset")
    dagster.Definitions.validate_loadable(module.definitions)
    for code, may_retry in ((0, None), (75, True), (76, False)):
        ending_with(code)
        context = dagster.build_asset_context(partition_key="2025-05-09")
        try:
            result = module.wirecopy_night(context)
        except dagster.Failure as failure:
            assert failure.allow_retries is may_retry
        else:
            assert code == 0
            assert result.metadata["folder"] == "out"


def prefect() -> None:
    module = load("prefect_flow")
    assert module.wirecopy_nightly.name == "wirecopy-nightly"
    module.night.retry_delay_seconds = 0
    for codes, calls_wanted in (((0,), 1), ((75, 0), 2), ((76, 0), 1)):
        calls = ending_with(*codes)
        state = module.wirecopy_nightly("2025-05-09", return_state=True)
        assert called(calls) == calls_wanted, codes
        assert state.is_completed() is (codes[-1] == 0 and 76 not in codes), codes


def kubernetes() -> None:
    import kubernetes_validate
    import yaml

    data = yaml.safe_load((OPS / "cronjob.yaml").read_text("utf-8"))
    version = kubernetes_validate.latest_version()
    kubernetes_validate.validate(data, version, strict=True)
    assert data["kind"] == "CronJob"


CHECKS: dict[str, Callable[[], None]] = {each.__name__: each for each in (airflow, dagster, prefect, kubernetes)}

if __name__ == "__main__":
    CHECKS[sys.argv[1]]()
    print(f"{sys.argv[1]}: what samples/ops/ has for it loads and does as it says")
