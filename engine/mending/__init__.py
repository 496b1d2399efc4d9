"""A stuck case is mended by hand: never by deciding it.

`bearing` says which variables a decision hangs on: these are never typed. `failed` mends a failed step: a variable that it reads is
given another value, or a service's or script's step is passed over. `back` puts a token back to an element that it has already passed,
so that whoever decides there decides again (`graph`: the ways of the drawing). Each with a reason, in the journal.
"""

from engine.mending.back import Way, put_back, void, ways_back
from engine.mending.failed import edit, readable, skip, skippable

__all__ = [
    "Way",
    "edit",
    "put_back",
    "readable",
    "skip",
    "skippable",
    "void",
    "ways_back",
]  # fmt: skip
