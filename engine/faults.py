"""Named points at which a test kills the process for real, to prove that nothing is lost or doubled."""

import os
import signal

POINTS = ("after_flush", "before_commit", "after_commit", "after_claim", "after_send")


def point(name: str) -> None:
    """Die by SIGKILL here if the environment variable FANGFAN_FAULT names this point."""
    if os.environ.get("FANGFAN_FAULT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
