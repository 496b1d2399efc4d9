"""One evaluator process: a V8 isolate behind a pipe. Run as ``python -m engine.feel_process MEGABYTES``.

Requests and replies are JSON texts, each after its length in four bytes. This process holds no secrets, opens no file
after its bundle and no network. An empty text says that it is ready. Who waits for it keeps the time, and kills it.
"""

from __future__ import annotations

import resource
import struct
import sys
from pathlib import Path
from typing import IO, Any

from py_mini_racer import JSEvalException, MiniRacer

BUNDLE = Path(__file__).with_name("v8") / "build" / "evaluator.js"
LINTER = BUNDLE.with_name("linter.js")
LINT = '{"operation": "lint"'
"""How a request begins that is for Camunda's rules; they are loaded when they are first asked for."""

LENGTH = struct.Struct(">I")


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """The next text; None at the end of the pipe."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = pipe.read(length)
    return body if len(body) == length else None


def write_frame(pipe: IO[bytes], body: bytes) -> None:
    """Send one text."""
    pipe.write(LENGTH.pack(len(body)) + body)
    pipe.flush()


class Isolate:
    """A V8 isolate with our bundle."""

    def __init__(self, megabytes: int) -> None:
        self._v8 = MiniRacer()
        self._v8.eval(BUNDLE.read_text("utf-8"))
        self._door: Any = self._v8.eval("fangfan")
        self._v8.set_hard_memory_limit(megabytes * 1024 * 1024)
        self._lint: Any = None
        self._linted: Any = None

    def call(self, request: str) -> str:
        """The reply to a request; raises JSEvalException when the isolate is worn."""
        if not request.startswith(LINT):
            return str(self._door(request))
        if self._lint is None:
            self._v8.eval(LINTER.read_text("utf-8"))
            self._lint, self._linted = self._v8.eval("fangfanLint"), self._v8.eval("fangfanLinted")
        self._lint(request)  # it ends in promises, which V8 runs before it takes the next call
        return str(self._linted())


def serve(requests: IO[bytes], replies: IO[bytes], isolate: Isolate) -> None:
    """Answer until the pipe closes, or until the isolate is worn: our own faults come as replies, V8's wear it out."""
    write_frame(replies, b"")
    while (request := read_frame(requests)) is not None:
        try:
            reply = isolate.call(request.decode())
        except JSEvalException:
            write_frame(replies, b'{"fault": {"code": "memory"}, "worn": true}')
            return
        write_frame(replies, reply.encode())


def main() -> None:
    """Serve standard input and output."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold what people answered
    serve(sys.stdin.buffer, sys.stdout.buffer, Isolate(int(sys.argv[1])))


if __name__ == "__main__":
    main()
