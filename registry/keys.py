"""Keys of the registry's rows: 63-bit integers, growing with time, so that indexes stay compact."""

import secrets
import time

_RANDOM_BITS = 22


def new_key() -> int:
    """A fresh positive 63-bit key: milliseconds since 1970 (41 bits), then 22 random bits."""
    return (time.time_ns() // 1_000_000 << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)) & (1 << 63) - 1
