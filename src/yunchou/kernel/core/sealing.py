"""Personal values that are kept encrypted: AES-256-GCM under a ring of keys, shown masked, found again by a keyed digest.

The first secret of `SEALING_KEYS` encrypts; every one of them opens. A new secret is put in front, `reseal` writes all values
anew, and then the old one can go; where only digests are kept (addresses that want no more messages) it stays at the end of
the ring. A value is bound to its column, so that it cannot be moved into another one.

What is kept apart has a ring of its own (`APART_KEYS`): whoever holds the general keys and the database opens none of it, and
recomputes none of its digests.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_noop as _

from .errors import WrongState
from .text import say

NONCE: Final = 12
MARK: Final = 4
"""So many bytes in front of a sealed value tell under which key it was sealed."""
HIDDEN: Final = "••••"
GENERAL: Final = "general"
APART: Final = "apart"
"""The rings of keys."""


def ring_of(name: str) -> Sequence[str]:
    """The secrets of a ring, the one that seals first."""
    found: Sequence[str] = settings.APART_KEYS if name == APART else settings.SEALING_KEYS
    return found


class Unopened(WrongState):
    """No key of the ring opens the value of a column, or somebody changed it. A page that asks for it says so and goes on."""

    def __init__(self, column: str) -> None:
        super().__init__(
            say(
                _(
                    "This value is kept encrypted, and no key here opens it. Whoever runs this installation has to give back the"
                    " key under which it was sealed."
                )
            ),
            code="unopened",
        )
        self.column = column


@cache
def _derived(secret: str, use: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"yunchou.sealing.{use}".encode()).derive(
        secret.encode()
    )


@cache
def _cipher(secret: str) -> tuple[bytes, AESGCM]:
    return _derived(secret, "mark")[:MARK], AESGCM(_derived(secret, "value"))


def seal(text: str, column: str, ring: str = GENERAL) -> bytes:
    """`text` encrypted for one column (`app.model.field`)."""
    mark, cipher = _cipher(ring_of(ring)[0])
    nonce = os.urandom(NONCE)
    return mark + nonce + cipher.encrypt(nonce, text.encode(), column.encode())


def seal_all(texts: Sequence[str], column: str, ring: str = GENERAL) -> list[bytes]:
    """Many texts of one column sealed, the empty ones left empty: what `SealedField` writes of them."""
    mark, cipher = _cipher(ring_of(ring)[0])
    encrypt, bound = cipher.encrypt, column.encode()
    chance = os.urandom(NONCE * len(texts))
    sealed = []
    for start, text in enumerate(texts):
        nonce = chance[start * NONCE : start * NONCE + NONCE]
        sealed.append(mark + nonce + encrypt(nonce, text.encode(), bound) if text else b"")
    return sealed


def unseal(sealed: bytes, column: str, ring: str = GENERAL) -> str:
    """What `seal` was given. Raises `Unopened`."""
    mark, nonce, body = sealed[:MARK], sealed[MARK : MARK + NONCE], sealed[MARK + NONCE :]
    for secret in ring_of(ring):
        own, cipher = _cipher(secret)
        if own == mark:
            try:
                return cipher.decrypt(nonce, body, column.encode()).decode()
            except InvalidTag as error:
                raise Unopened(column) from error
    raise Unopened(column)


def digest_of(text: str, use: str, ring: str = GENERAL) -> str:
    """The same for the same text and use, telling nothing without the secret; empty for no text. 64 hexadecimal digits."""
    return _digest(ring_of(ring)[0], text, use) if text else ""


def digests_of(text: str, use: str, ring: str = GENERAL) -> list[str]:
    """Every digest under which a value may have been stored, newest key first, for `__in`; empty for no text."""
    return [_digest(secret, text, use) for secret in ring_of(ring)] if text else []


def digests_of_all(texts: Iterable[str], use: str, ring: str = GENERAL) -> list[str]:
    """`digest_of` of many texts for one use."""
    key, digest = _derived(ring_of(ring)[0], f"digest.{use}"), hmac.digest
    return [digest(key, text.encode(), "sha256").hex() if text else "" for text in texts]


def _digest(secret: str, text: str, use: str) -> str:
    return hmac.digest(_derived(secret, f"digest.{use}"), text.encode(), "sha256").hex()


class Sealed:
    """A value read from the database: written out it is only dots; `open()` gives what it holds.

    That printing hides it is the point: a log, an error page or a template that was not meant to show it shows nothing.
    """

    __slots__ = ("_column", "_ring", "_stored")

    def __init__(self, stored: bytes, column: str, ring: str = GENERAL) -> None:
        self._stored, self._column, self._ring = stored, column, ring

    def __bool__(self) -> bool:
        return bool(self._stored)

    def __str__(self) -> str:
        return HIDDEN if self._stored else ""

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.open() == other.open()

    def __hash__(self) -> int:
        return hash(self._stored)

    @property
    def stored(self) -> bytes:
        return self._stored

    def open(self) -> str:
        """The value in clear. Raises `Unopened`."""
        return unseal(self._stored, self._column, self._ring) if self._stored else ""


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A text that the database holds encrypted. Assigned a `str`, saved sealed, read back as `Sealed`."""

    def __init__(self, *args: Any, ring: str = GENERAL, **kwargs: Any) -> None:
        self.ring = ring
        kwargs.setdefault("default", b"")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "ring": self.ring} if self.ring != GENERAL else kwargs

    @property
    def column_name(self) -> str:
        """What the value is bound to."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed:
        return Sealed(bytes(value or b""), self.column_name, self.ring)

    def get_prep_value(self, value: Any) -> bytes:
        if isinstance(value, Sealed):
            return value.stored
        if value and isinstance(value, str):
            return seal(value, self.column_name, self.ring)
        return bytes(value or b"")


@dataclass(frozen=True)
class Digested:
    """A column that holds the digest of a sealed one, so that `reseal` can write it anew.

    It stands in the same row, or in the row of another model (`beside`) with the same key.
    """

    column: str
    use: str
    beside: type[models.Model] | None = None


digested: dict[tuple[type[models.Model], str], Digested] = {}


def keep_digest(
    model: type[models.Model], field: str, *, column: str, use: str, beside: type[models.Model] | None = None
) -> None:
    """Declare that `column` of `model`, or of the model `beside` it, holds `digest_of(<field>, use)`."""
    digested[model, field] = Digested(column, use, beside)


def reseal(model: type[models.Model], size: int = 1000) -> int:
    """Write a model's sealed values that are not under the first key anew, with their digests; returns how many rows.

    In transactions of `size` rows under their locks, so that it can run beside people who work and be stopped and begun again.
    """
    fields = [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
    names, rings = [field.name for field in fields], {field.name: field.ring for field in fields}
    columns = [one.column for (of, _name), one in digested.items() if of is model and one.beside is None]
    besides = {one.beside for (of, _name), one in digested.items() if of is model and one.beside}
    total, last = 0, 0
    while names:
        with transaction.atomic():
            some = model._default_manager.filter(pk__gt=last).order_by("pk")
            keys = list(some.values_list("pk", flat=True)[:size])
            if not keys:
                break
            last = keys[-1]
            for other in besides:  # before the own rows, as whoever writes both does
                locked = other._default_manager.select_for_update(of=("self",)).filter(pk__in=keys)
                list(locked.order_by("pk").values_list("pk"))
            own = model._default_manager.select_for_update(of=("self",)).filter(pk__in=keys)
            rows: list[Any] = list(own.order_by("pk"))
            stale = [
                row for row in rows if any(not _is_current(getattr(row, name), rings[name]) for name in names)
            ]
            for row in stale:
                for name in names:
                    text = getattr(row, name).open()
                    setattr(row, name, text)
                    if found := digested.get((model, name)):
                        digest = digest_of(text, found.use, rings[name])
                        if found.beside is None:
                            setattr(row, found.column, digest)
                        else:
                            found.beside._default_manager.filter(pk=row.pk).update(**{found.column: digest})
            if stale:
                model._default_manager.bulk_update(stale, [*names, *columns])
            total += len(stale)
    return total


def _is_current(value: Sealed, ring: str) -> bool:
    return not value or value.stored[:MARK] == _cipher(ring_of(ring)[0])[0]


def closed(model: type[models.Model]) -> int:
    """How many rows of a model hold a value that is under no key of its ring."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
    marks = [{_cipher(secret)[0] for secret in ring_of(field.ring)} for field in fields]
    rows = model._default_manager.values_list(*(field.name for field in fields)).iterator(2000)
    return sum(
        any(value and value.stored[:MARK] not in known for value, known in zip(row, marks, strict=True))
        for row in rows
    )


def sealed_models() -> list[type[models.Model]]:
    """Every model that keeps a sealed value."""
    return [m for m in apps.get_models() if any(isinstance(f, SealedField) for f in m._meta.concrete_fields)]
