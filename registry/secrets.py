"""Columns that hold what must not be read from a stolen database: ID numbers, phones, accounts.

Each is encrypted by AES-GCM under its own name; equality and last-four search go over a *blind index*, an
HMAC under another key. Keys belong to a database, not to the process: `unlock(engine, key)` gives them to
the engine's dialect, where the column types find them. A database that was not unlocked refuses to read or
write such a column.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

_NONCE = 12


class Locked(DontWrapMixin, RuntimeError):
    """The database has no key for its secret columns: `unlock` was not called."""


class Keys:
    """The two keys derived from a database's one: for encryption, and for blind indexes."""

    def __init__(self, key: bytes) -> None:
        """`key`: at least 32 random bytes."""
        if len(key) < 32:
            raise ValueError("a registry key has at least 32 bytes")
        self._cipher = AESGCM(_derive(key, b"registry encryption"))
        self._index = _derive(key, b"registry blind index")

    def encrypt(self, name: str, text: str) -> bytes:
        """`text` for the column `name`; the same text never gives the same bytes twice."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), name.encode())

    def decrypt(self, name: str, data: bytes) -> str:
        """Inverse of `encrypt`; InvalidTag where the bytes were changed or belong to another column."""
        return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], name.encode()).decode()

    def blind(self, name: str, text: str) -> bytes:
        """The 16 bytes by which equal texts of the column `name` are found."""
        return hmac.digest(self._index, f"{name}\0{text}".encode(), hashlib.sha256)[:16]


_unlocked: WeakKeyDictionary[Dialect, Keys] = WeakKeyDictionary()


def unlock(engine: Engine, key: bytes) -> None:
    """Give the database behind `engine` the key of its secret columns (at least 32 bytes)."""
    _unlocked[engine.dialect] = Keys(key)


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, purpose).derive(key)


def _keys(dialect: Dialect) -> Keys:
    try:
        return _unlocked[dialect]
    except KeyError:
        raise Locked("registry.secrets.unlock(engine, key) was not called for this database") from None


def blind_all(dialect: Dialect, name: str, texts: Iterable[str]) -> list[bytes]:
    """The blind indexes of many texts, as the tables of this dialect's database hold them. Locked."""
    blind = _keys(dialect).blind
    return [blind(name, text) for text in texts]


class Encrypted(TypeDecorator[str]):
    """A text kept encrypted; `name` binds the bytes to their column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else _keys(dialect).encrypt(self.name, value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _keys(dialect).decrypt(self.name, bytes(value))


class Blind(TypeDecorator[str]):
    """A blind index: give it the plain text, to store and to compare; what is read back is the digest in hex."""

    impl = LargeBinary(16)
    cache_ok = True

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else _keys(dialect).blind(self.name, value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else bytes(value).hex()
