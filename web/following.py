"""A running case follows its household, by whichever page or sheet its facts were changed."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from engine import messages
from engine.runtime import Runtime
from registry import history
from registry.keys import new_key

CHANGED = "household_changed"
"""The message at which cases read their household anew (processes/README.md)."""


@contextmanager
def followed(runtime: Runtime, session: Session, actor: str) -> Iterator[None]:
    """Tell the cases of every household of which something is changed within the block, in the same transaction."""
    before = new_key()
    yield
    session.flush()
    for key in history.changed_since(session, before):
        messages.publish(runtime, session, CHANGED, str(key), {}, actor)
