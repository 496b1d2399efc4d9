"""The main job by the unmodified client for JavaScript, which checks every answer against Camunda's schemas."""

import subprocess
import sys
from pathlib import Path

from tests.web.api.conftest import DRAWINGS, PASSWORD, VILLAGE, House

SCRIPT = Path(__file__).with_name("main_job.mjs")


def test_the_javascript_client_does_the_whole_job(house: House) -> None:
    node = Path(sys.executable).with_name("node")
    drawings = sorted(str(path) for path in DRAWINGS.iterdir())
    done = subprocess.run(
        [node, SCRIPT, house.address, PASSWORD, VILLAGE, *drawings],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["done"]), done.stderr[-3000:]
