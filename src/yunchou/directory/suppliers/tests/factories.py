"""Suppliers for the tests of all rooms above.

supplier = make_supplier(firm.east, firm.owner)                    # a print shop of 华东区域
make_supplier(firm.group, finance, name="…", kinds=[Supply.MEDIA])  # one of the group, seen by all regions
"""

from __future__ import annotations

from itertools import count

from django.core.files.base import ContentFile

from yunchou.directory.suppliers import bank
from yunchou.directory.suppliers.actions import add_supplier, confirm_account
from yunchou.directory.suppliers.actions.register import Details
from yunchou.directory.suppliers.codes import ALPHABET, check_character
from yunchou.directory.suppliers.models import Supplier, Supply
from yunchou.kernel.identity.models import Unit, User

_numbers = count(1)
ACCOUNT = "6222020200112233445"


def make_code() -> str:
    """A code that fits GB 32100-2015, another one each time."""
    number, tail = next(_numbers), ""
    for _place in range(8):
        number, rest = divmod(number, len(ALPHABET))
        tail = ALPHABET[rest] + tail
    body = f"91440101M{tail}"
    return body + check_character(body)


def make_supplier(unit: Unit, actor: User, **fields: object) -> Supplier:
    """A supplier of a company, entered by somebody who may."""
    kinds = fields.pop("kinds", [Supply.PRINT])
    given = {"name": f"第{next(_numbers)}图文", "credit_code": make_code(), **fields}
    return add_supplier(unit=unit, details=Details(kinds=kinds, **given), actor=actor, is_other=True)


def confirmed(supplier: Supplier, person: User) -> Supplier:
    """The same with its account confirmed by a second person."""
    account = bank.unseal(supplier.account_key, supplier.account_sealed)
    return confirm_account(supplier=supplier, account=account, actor=person)


def paper(name: str = "营业执照.pdf") -> ContentFile[bytes]:
    """A small PDF, each with other content."""
    return ContentFile(b"%PDF-1.4\n" + str(next(_numbers)).encode() + b"\n%%EOF\n", name=name)
