"""Encryption of personal values: AES-256-GCM under a key per person, which is wrapped by the installation's secret."""

from __future__ import annotations

import os
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12


@cache
def _master(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"yunchou.journal.person-keys").derive(secret.encode())


def _close(key: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def _open(key: bytes, sealed: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None)


def new_key() -> bytes:
    """A fresh key for a person, wrapped for storage."""
    return _close(_master(settings.SECRET_KEY), AESGCM.generate_key(256))


def unwrap(wrapped: bytes) -> bytes:
    """The person's key from its stored form."""
    return _open(_master(settings.SECRET_KEY), wrapped)


def encrypt(key: bytes, text: str) -> bytes:
    return _close(key, text.encode())


def decrypt(key: bytes, sealed: bytes) -> str:
    return _open(key, sealed).decode()
