"""Sealed values: bound to their column, opened by any key of the ring, written anew under the newest, never printed."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from yunchou.directory.customers.cards import PHONE_USE
from yunchou.directory.customers.models import ContactCard
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.tests.factories import company
from yunchou.kernel.core.sealing import Sealed, Unopened, digest_of, digests_of, seal, unseal

COLUMN = "customers.contactcard.phone"


@given(st.text())
def test_what_is_sealed_opens_to_the_same_and_shows_nothing(text: str) -> None:
    stored = seal(text, COLUMN)
    assert unseal(stored, COLUMN) == text
    assert str(Sealed(stored, COLUMN)) == repr(Sealed(stored, COLUMN)) == "••••"
    assert text == "" or len(text) < 4 or text.encode() not in stored
    assert seal(text, COLUMN) != stored


@given(st.integers(min_value=0), st.integers(0, 255))
def test_a_changed_or_moved_value_does_not_open(at: int, byte: int) -> None:
    stored = seal("13812345678", COLUMN)
    with pytest.raises(Unopened):
        unseal(stored, "customers.contactcard.email")
    place = at % len(stored)
    changed = stored[:place] + bytes([byte]) + stored[place + 1 :]
    if changed != stored:
        with pytest.raises(Unopened):
            unseal(changed, COLUMN)


def test_a_new_key_goes_in_front_and_old_values_still_open(settings: Any) -> None:
    settings.SEALING_KEYS = ["old"]
    stored, digest = seal("13812345678", COLUMN), digest_of("13812345678", "phone")
    settings.SEALING_KEYS = ["new", "old"]
    assert unseal(stored, COLUMN) == "13812345678"
    assert digest in digests_of("13812345678", "phone")
    assert digest_of("13812345678", "phone") != digest_of("13812345678", "email") != digest
    assert digest_of("", "phone") == ""
    settings.SEALING_KEYS = ["new"]
    with pytest.raises(Unopened):
        unseal(stored, COLUMN)


@pytest.mark.django_db
@pytest.mark.req("CUS-06")
def test_resealing_writes_values_and_digests_under_the_new_key(settings: Any) -> None:
    firm = company()
    settings.SEALING_KEYS = ["old"]
    person = make_customer(firm.east, firm.owner, phone="13812345678")
    settings.SEALING_KEYS = ["new", "old"]
    out = StringIO()
    call_command("reseal", stdout=out)
    assert "customers.ContactCard: 1" in out.getvalue()
    settings.SEALING_KEYS = ["new"]
    card = ContactCard.objects.get(pk=person.pk)
    assert card.phone.open() == "+8613812345678"
    assert card.phone_digest == digest_of("+8613812345678", PHONE_USE)
    call_command("reseal", stdout=(again := StringIO()))
    assert "customers.ContactCard: 0" in again.getvalue()
