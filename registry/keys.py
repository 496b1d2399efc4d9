"""Keys of the registry's rows: 63-bit integers that grow with time, made without asking the database."""

import secrets
import threading
import time

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01: 41 bits of milliseconds last until 2089
_RANDOM_BITS = 22
_lock = threading.Lock()
_last = 0


def new_key() -> int:
    """A key greater than all that this process made before, so that rows of one moment keep their order."""
    global _last
    fresh = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    with _lock:
        _last = max(fresh, _last + 1)
        return _last
