"""Who was erased stays erased when an older copy of the data comes back (F14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.models import ContactCard, Customer
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import restoring

NAME = "康纳丽"


@pytest.mark.req("CUS-09")
@pytest.mark.req("CUS-11")
def test_an_erased_customer_who_comes_back_is_erased_again(
    firm: Firm,
    tmp_path: Path,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.BACKUP_DIR = tmp_path
    before = datetime.now(UTC) - timedelta(seconds=1)
    customer = make_customer(firm.east, firm.owner, name=NAME, phone="13899990417", email="")
    kept = {field.attname: getattr(customer, field.attname) for field in Customer._meta.concrete_fields}
    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(customer=customer, reason="本人要求", actor=firm.people["marketing_director"])
    text = restoring.list_path().read_text()
    assert NAME not in text
    assert f'"number": {customer.pk}' in text
    Customer.objects.filter(pk=customer.pk).update(
        **{k: v for k, v in kept.items() if k not in ("subject_id", "id")}
    )
    assert Customer.objects.get(pk=customer.pk).name == NAME
    assert restoring.erase_again(datetime.now(UTC) + timedelta(hours=1)) == {}
    assert restoring.erase_again(before) == {"customers.customer": 1}
    back = Customer.objects.get(pk=customer.pk)
    assert back.name == f"#{customer.pk}"
    assert back.erased_at
    assert not ContactCard.objects.filter(customer=back).exists()
