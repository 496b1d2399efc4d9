"""The server's log: one line an event, tracebacks without the values of variables, which may be people's data."""

import sys
from typing import Any

import structlog


def configure() -> None:
    """Set the program's log up; called once by whatever starts it."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # plain: structlog's own console shows every local variable
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
        ],
        logger_factory=_to_stderr,  # what a command prints may be read by a program
    )


def _to_stderr(*_: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)
