"""Customers for the tests of all rooms above.

guest = make_customer(firm.east, firm.owner)                                  # a prospect of 华东区域 who agreed to nothing
make_customer(firm.east, firm.owner, grade="high_end", consents=[Purpose.MARKETING])
make_customers(firm.east, 100)                                                # bare rows without cards, by two statements
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

from yunchou.directory.customers.actions.consents import Agreed
from yunchou.directory.customers.actions.placing import settle
from yunchou.directory.customers.actions.register import add_customer
from yunchou.directory.customers.models import Basis, Customer, GradeEntry
from yunchou.directory.customers.names import readings_of
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

_numbers = count(1)


def make_customer(
    unit: Unit, actor: User, *, grade: str = "", consents: Iterable[str] = (), **fields: Any
) -> Customer:
    """A customer with a number and an address of their own, entered by somebody who may."""
    n = next(_numbers)
    given = {"name": f"客户{n}", "phone": f"139{n:08}", "email": f"guest{n}@example.com", **fields}
    agreed = [Agreed(purpose, basis=Basis.PAPER, proof="签到表") for purpose in consents]
    customer = add_customer(actor=actor, unit=unit, consents=agreed, is_other=True, **given)
    if grade:
        until = clock.today() + timedelta(days=365)
        GradeEntry.objects.create(
            customer=customer,
            grade=grade,
            since=clock.today(),
            until=until,
            reason="年消费满额",
            given_by=actor,
        )
        Customer.objects.filter(pk=customer.pk).update(grade=grade, grade_until=until)
        customer.refresh_from_db()
        settle(customer)
    return customer


def make_customers(unit: Unit, number: int, **columns: Any) -> list[Customer]:
    """Many of them at once: rows without cards."""
    subjects = Subject.objects.bulk_create(
        Subject(kind="customer", unit=unit, title=f"客户甲{n}", address="") for n in range(number)
    )
    made = []
    for subject in subjects:
        key, pinyin, initials = readings_of(subject.title)
        given = {"name": subject.title, "name_key": key, "pinyin": pinyin, "initials": initials, **columns}
        made.append(Customer(subject=subject, verified_at=clock.now(), **given))
    return Customer.objects.bulk_create(made)
