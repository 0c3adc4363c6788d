"""What is shipped for schedulers and containers: the same exit codes everywhere, and an image that is what it says.

``make ops`` loads each of them with its real library, in an environment of its own; ``make image-steps`` runs the steps
of the Dockerfile in an empty folder.
"""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from tests.ops.image import instructions

ROOT = Path(__file__).parent.parent.parent
OPS = ROOT / "samples" / "ops"
#: Exit codes that no retry helps against: see docs/cli.md. 75 is another run at work, and 70, 74, 130, 143 may pass.
FINAL = {2, 65, 66, 73, 76, 78}


@pytest.mark.parametrize("name", ["airflow_dag", "dagster_asset", "prefect_flow"])
def test_a_schedule_retries_what_may_mend_itself_and_nothing_else(name: str) -> None:
    tree = ast.parse((OPS / f"{name}.py").read_text("utf-8"))
    (final,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "FINAL"
    )
    assert set(ast.literal_eval(final)) == FINAL


def test_the_cron_job_does_the_same() -> None:
    text = (OPS / "cronjob.yaml").read_text("utf-8")
    (values,) = re.findall(r"values: \[([\d, ]+)\]", text)
    assert {int(value) for value in values.split(",")} == FINAL
    assert "concurrencyPolicy: Forbid" in text
    assert "readOnlyRootFilesystem: true" in text


def test_the_image_runs_wirecopy_as_nobody_in_particular() -> None:
    made = instructions()
    known = {"FROM", "ARG", "ENV", "COPY", "RUN", "USER", "WORKDIR", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {word for word, _ in made} <= known
    last = dict(made)  # of each instruction the last one holds
    assert last["USER"].isdigit()
    assert int(last["USER"]) > 1000
    assert last["ENTRYPOINT"] == '["wirecopy"]'
    assert last["HEALTHCHECK"] == "NONE"
    assert all(rest.split()[0].endswith("-slim") for word, rest in made if word == "FROM")
    words = [word for word, _ in made]
    assert words.index("USER") > max(index for index, word in enumerate(words) if word == "RUN")


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    keep = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and not rest.startswith("--from")]
    names = {name for names in copied for name in names}
    assert names == keep
    assert all((ROOT / name).exists() for name in names)


def test_the_image_compiles_before_it_is_run() -> None:
    steps = [rest for word, rest in instructions() if word == "RUN"]
    commands = [shlex.split(command) for step in steps for command in step.split("&&")]
    assert ["wirecopy", "compile"] in commands
    (install,) = (command for command in commands if "install" in command)
    assert {"--no-cache-dir", "--constraint", "constraints.txt"} <= set(install)
    extras = set(install[-1].removeprefix(".[").removesuffix("]").split(","))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (every,) = project["optional-dependencies"]["all"]
    assert extras == set(every.partition("[")[2].rstrip("]").split(",")) - {"spark"}
    assert any("NUMBA_CACHE_DIR=/opt/wirecopy/compiled" in rest for word, rest in instructions() if word == "ENV")
