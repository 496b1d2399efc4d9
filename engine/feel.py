"""FEEL, evaluated in a small pool of V8 processes.

What an administrator draws and what people answer never runs as Python, nor in this process: an isolate that ran out of
memory is unusable, and one oversized allocation aborts its whole process. So each call goes through a pipe to a process
of its own (:mod:`engine.feel_process`) with limits of time and memory; a worn one is replaced and the call raises
:class:`FeelError`.
"""

from __future__ import annotations

import json
import os
import queue
import select
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import IO, Any
from zoneinfo import ZoneInfo

from engine.decisions import DecisionResult, decide
from engine.errors import Refusal
from engine.feel_process import LENGTH, write_frame
from engine.forms import Checked, check

CHINA = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).parent.parent
NAMES_CACHED = 4096
START_SECONDS = 60.0  # a loaded machine may take long to load the bundles
SHOWN = 120  # characters of an expression in a message

MESSAGES = {
    "syntax": "表达式“{expression}”有语法错误：{reason}",
    "unknown_name": "表达式“{expression}”用到的名称“{name}”不存在",
    "unknown_function": "表达式“{expression}”调用的函数“{name}”不存在",
    "wrong_type": "表达式“{expression}”中的值类型不对：{reason}",
    "not_a_number": "表达式的结果不是有限的数",
    "not_a_value": "表达式的结果是函数或区间，不能作为值",
    "too_deep": "表达式嵌套过深",
    "missing_input": "决策“{decision}”缺少输入“{name}”",
    "wrong_input_type": "决策“{decision}”的“{name}”类型不对，应为 {type}",
    "not_allowed_value": "决策“{decision}”的“{name}”不能取值 {value}",
    "overlap": "决策“{decision}”的规则{rules}同时命中，而命中策略是唯一（U）",
    "any_differs": "决策“{decision}”的规则{rules}同时命中，结果却不同",
    "unknown_decision": "没有决策“{name}”",
    "sheet": "打印模板有误：{reason}",
    "timeout": "表达式计算超时",
    "memory": "表达式占用内存过多",
    "too_large": "数据过大，无法计算",
    "failed": "表达式计算失败：{reason}",
}


class FeelError(Refusal):
    """An expression that cannot be evaluated: an incident, never a silent null.

    ``kind`` is a key of :data:`MESSAGES`; ``params`` holds what the message names (``expression``, ``name``, ``reason``).
    """

    status = 422
    code = "feel_error"
    message = "表达式无法计算：{reason}"
    mend = "请管理员改正图纸中的表达式，或补齐所缺的数据。"

    def __init__(self, kind: str, **params: Any) -> None:
        self.kind = kind if kind in MESSAGES else "failed"
        self.message = MESSAGES[self.kind]
        blank = dict.fromkeys(("expression", "name", "decision", "type", "value", "rules"), "")
        given = {**blank, "reason": kind, **params}
        super().__init__(None, **{name: str(value)[:SHOWN] for name, value in given.items()})

    @property
    def expression(self) -> str:
        """The expression that is at fault."""
        return str(self.params["expression"])


@dataclass(frozen=True)
class Names:
    """The names an expression takes from outside; iterates over ``possible``.

    ``needed`` must exist. ``possible`` also has the names inside filters (``members[age > limit]``), which may be
    entries of the list's members, and builtin functions, which a variable may shadow. ``valueless``: it can only be a
    range or a function, which no variable holds.
    """

    needed: frozenset[str]
    possible: frozenset[str]
    valueless: bool = False

    def __iter__(self) -> Iterator[str]:
        return iter(self.possible)


class Evaluator:
    """A pool of V8 processes; safe to use from several threads.

    ``seconds`` and ``megabytes`` limit a single call. Processes start when they are first needed.
    """

    def __init__(self, processes: int = 1, seconds: float = 2.0, megabytes: int = 128) -> None:
        self.seconds = seconds
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._all = [_Process(seconds, megabytes) for _ in range(processes)]
        for process in self._all:
            self._idle.put(process)
        self._names: OrderedDict[str, Names] = OrderedDict()
        self._names_lock = threading.Lock()

    def evaluate(self, expression: str, names: Mapping[str, Any], now: datetime) -> Any:
        """The value of one expression as JSON (dates and durations as ISO strings)."""
        return self.evaluate_many([expression], names, now)[0]

    def evaluate_many(self, expressions: Sequence[str], names: Mapping[str, Any], now: datetime) -> list[Any]:
        """The values of several expressions over the same names, in one call into V8."""
        values = self.call("evaluate", expressions=list(expressions), names=names, now=now)
        assert isinstance(values, list)
        return values

    def names(self, expression: str) -> Names:
        """The names that an expression uses; FeelError where it is no FEEL. Cached."""
        with self._names_lock:
            if known := self._names.get(expression):
                self._names.move_to_end(expression)
                return known
        found = self.call("names", expression=expression)
        names = Names(frozenset(found["needed"]), frozenset(found["possible"]), found["valueless"])
        with self._names_lock:
            self._names[expression] = names
            if len(self._names) > NAMES_CACHED:
                self._names.popitem(last=False)
        return names

    def decide(
        self,
        model: Mapping[str, Any],
        decision_id: str,
        inputs: Mapping[str, Any],
        now: datetime,
        *,
        lenient: bool = False,
    ) -> DecisionResult:
        """What a decision says, by :func:`engine.decisions.decide`."""
        return decide(self, model, decision_id, inputs, now, lenient=lenient)

    def check_form(
        self, schema: Mapping[str, Any], answer: Any, known: Mapping[str, Any], now: datetime
    ) -> Checked:
        """An answer's faults by field, by :func:`engine.forms.check`."""
        return check(self, schema, answer, known, now)

    def render(self, template: str, names: Mapping[str, Any], now: datetime) -> str:
        """A sheet's HTML with its feelers filled in, every value escaped.

        What is null stays empty; FeelError for a name that does not exist, and for a template that is none.
        """
        return str(self.call("render", template=template, names=names, now=now))

    def call(self, operation: str, *, now: datetime | None = None, **parameters: Any) -> Any:
        """One operation of engine/v8; raises FeelError with the fault that it found."""
        if now is not None:
            parameters["now"] = local_iso(now)
        try:
            request = json.dumps({"operation": operation, **parameters}, default=_as_json, allow_nan=False)
        except (ValueError, RecursionError) as error:
            raise FeelError("too_deep" if isinstance(error, RecursionError) else "not_a_number") from None
        process = self._idle.get()
        try:
            reply = process.ask(request.encode("ascii"))
        finally:
            self._idle.put(process)
        if fault := reply.get("fault"):
            raise FeelError(fault.pop("code"), **fault)
        return reply["result"]

    def close(self) -> None:
        """End the processes."""
        for process in self._all:
            process.stop()


class _Process:
    """One evaluator process and its pipes; used by one thread at a time."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self._seconds = seconds
        self._megabytes = str(megabytes)
        self._running: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes) -> dict[str, Any]:
        """The reply; a process that does not give one is ended and said to have failed."""
        if self._running is None or self._running.poll() is not None:
            self._start()
        try:
            body = self._exchange(request)
        except TimeoutError:
            self.stop()
            return {"fault": {"code": "timeout"}}
        except (BrokenPipeError, EOFError):  # V8 aborts its process when one allocation is too large
            self.stop()
            return {"fault": {"code": "memory"}}
        reply: dict[str, Any] = json.loads(body)
        if reply.get("worn"):
            self.stop()
        return reply

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._running = self._running, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was left to write has no reader any more
                    continue
        process.wait()

    def _start(self) -> None:
        self.stop()
        self._running = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "engine.feel_process", self._megabytes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            # Nothing of our environment, where keys may be, reaches the process.
            env={"LC_ALL": "C.UTF-8", "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")},
            bufsize=0,
        )
        assert self._running.stdout is not None
        _read(self._running.stdout, LENGTH.size, monotonic() + START_SECONDS)

    def _exchange(self, request: bytes) -> bytes:
        process = self._running
        assert process is not None and process.stdin is not None and process.stdout is not None
        write_frame(process.stdin, request)
        deadline = monotonic() + self._seconds
        (length,) = LENGTH.unpack(_read(process.stdout, LENGTH.size, deadline))
        return _read(process.stdout, length, deadline)


def _read(pipe: IO[bytes], length: int, deadline: float) -> bytes:
    """Bytes from a pipe; TimeoutError after the deadline (monotonic seconds), EOFError at its end."""
    parts, missing = [], length
    while missing:
        if not select.select([pipe], [], [], max(0.0, deadline - monotonic()))[0]:
            raise TimeoutError
        part = os.read(pipe.fileno(), min(missing, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def local_iso(now: datetime) -> str:
    """An aware time as FEEL's ``now()`` shows it: Asia/Shanghai, to the millisecond."""
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    return now.astimezone(CHINA).isoformat(timespec="milliseconds")


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return local_iso(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():g}S"
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no value for FEEL")
