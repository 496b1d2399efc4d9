"""Keeps what may hold a person's data: compressed, then encrypted (AES-256-GCM)."""

import hashlib
import hmac
import json
import os
import secrets
import zlib
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class Vault:
    """Seals and opens values with one master key of 32 bytes; separate keys are derived for each use."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("a vault needs a key of 32 bytes")
        self._cipher = AESGCM(self._derive(key, b"fangfan seal"))
        self._index = self._derive(key, b"fangfan index")

    @staticmethod
    def _derive(key: bytes, use: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=use).derive(key)

    def encrypt(self, data: bytes) -> bytes:
        """`data` as nonce and ciphertext."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, zlib.compress(data), None)

    def decrypt(self, sealed: bytes) -> bytes:
        """The data under `sealed`; raises cryptography's InvalidTag when it was changed or the key is another."""
        return zlib.decompress(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None))

    def seal(self, value: Any) -> bytes:
        """A JSON value, encrypted."""
        return self.encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def unseal(self, sealed: bytes) -> Any:
        """The JSON value under `sealed`."""
        return json.loads(self.decrypt(sealed))

    def fingerprint(self, data: bytes) -> bytes:
        """A keyed digest (32 bytes): equal for equal data, and no guess can be tried without the key."""
        return hmac.new(self._index, data, hashlib.sha256).digest()


def key_from_file(path: Path) -> bytes:
    """The master key kept in `path` (hex, readable by its owner alone); made at the first use."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text().strip())
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_bytes(32)
        file.write(key.hex() + "\n")
    return key
