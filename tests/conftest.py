"""What several test files share: the folder of development data, and how hypothesis searches."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent

# The gate judges the same examples every time. A kernel's first call compiles, and a busy machine takes long to draw an
# example: neither is a fault, so no time is limited but that of a whole test (pyproject.toml).
hypothesis.settings.register_profile(
    "gate", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
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


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server speaks S3, which the environment names too; skips where no server is named.

    ``host:port`` of the program in WIRECOPY_S3_SERVER (moto_server).
    """
    program = os.environ.get("WIRECOPY_S3_SERVER")
    if program is None:
        pytest.skip("needs an S3 server: make buckets starts one")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    before = {name: os.environ.get(name) for name in known}
    with (tmp_path_factory.mktemp("moto") / "log").open("wb") as log:
        server = subprocess.Popen([program, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < end, "the S3 server did not start"
                time.sleep(0.1)
        os.environ |= known
        yield f"127.0.0.1:{port}"
        for name, value in before.items():
            os.environ.pop(name)
            os.environ |= {} if value is None else {name: value}
        server.terminate()
        server.wait()
