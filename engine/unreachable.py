"""SpiffWorkflow's Python script engine, made unreachable.

The stock engine hands every expression of a drawing to `eval` and `exec`, some through the engine and some through its
environment directly. Our specs ask the host instead; should any path still lead here, it ends with an error.
"""

from __future__ import annotations

from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment


class PythonRefused(Exception):
    """A drawing's text was about to be run as Python."""


class _NoEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    def evaluate(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PythonRefused

    def execute(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PythonRefused

    def call_service(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PythonRefused


class _NoEngine(PythonScriptEngine):  # type: ignore[misc]
    def validate(self, expression: Any) -> NoReturn:
        raise PythonRefused

    def evaluate(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PythonRefused

    def execute(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PythonRefused

    def call_service(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PythonRefused


NO_PYTHON = _NoEngine(_NoEnvironment())
