"""Accounts of people: adding, changing, closing."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.actions import disable_account, enable_account
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind

from .. import journal
from ..permissions import Perm
from .appointments import appoint

USERNAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{1,59}")
EMPLOYEE_NO: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}")
PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{4,18}")


@transaction.atomic
def add_person(
    *,
    username: str,
    name: str,
    email: str = "",
    phone: str = "",
    employee_no: str = "",
    password: str | None,
    unit: Unit | None = None,
    position: str = "",
    valid_from: date | None = None,
    actor: User,
) -> User:
    """Open an account; with `unit` and `position` (a code) the person is appointed there at once.

    Without a `password` the person sets one by the link that is mailed, or signs in through the company's directory.
    Refuses without `organisation.manage`, a user name or e-mail that is taken, and a weak password; records
    `organisation.person_added` (name, e-mail and phone as personal values) and what `appoint` records.
    """
    require(actor, Perm.MANAGE, unit)
    person = build_person(
        username=username, name=name, email=email, phone=phone, employee_no=employee_no, password=password
    )
    _tell(journal.PERSON_ADDED, person, actor)
    if unit is not None and position:
        appoint(person=person, unit=unit, position=position, valid_from=valid_from, actor=actor)
    return person


def build_person(
    *,
    username: str,
    name: str,
    email: str,
    phone: str = "",
    employee_no: str = "",
    password: str | None,
) -> User:
    """The row of a new person, checked, without a journal entry: part of `add_person` and of founding."""
    person = User(username=User.normalize_username(username.strip()))
    faults = _set_details(person, name=name, email=email, phone=phone, employee_no=employee_no)
    if not USERNAME.fullmatch(person.username):
        faults["username"] = say(
            _("Use 2 to 60 letters, digits and . _ @ + -, beginning with a letter or digit.")
        )
    elif User.objects.filter(username__iexact=person.username).exists():
        faults["username"] = say(_("The user name “{username}” is taken."), username=person.username)
    try:
        if password is not None:
            validate_password(password, person)
    except ValidationError as error:
        faults["password"] = " ".join(error.messages)
    _refuse(faults)
    person.set_password(password)
    person.save()
    return person


@transaction.atomic
def change_person(
    *,
    person: User,
    name: str,
    email: str = "",
    phone: str = "",
    employee_no: str | None = None,
    actor: User,
) -> User:
    """Change name, e-mail, phone and employee number (None leaves it); the user name stays.

    Records `organisation.person_changed`, if anything differs.
    """
    require(actor, Perm.MANAGE)
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    before = _details(locked)
    number = locked.employee_no if employee_no is None else employee_no
    _refuse(_set_details(locked, name=name, email=email, phone=phone, employee_no=number))
    if (after := _details(locked)) != before:
        locked.save(
            update_fields=[
                "name",
                "name_pinyin",
                "name_initials",
                "name_key",
                "email",
                "phone",
                "employee_no",
            ]
        )
        changed = sorted(key for key in after if after[key] != before[key])
        record(
            journal.PERSON_CHANGED,
            actor=actor,
            data={"person": locked.pk, "username": locked.username, "fields": changed},
            personal={locked: {"before": before, "after": after}},
        )
    return locked


def deactivate_person(*, person: User, actor: User) -> User:
    """Close an account: the person is signed out with the next request and holds no rights; appointments stay listed.

    Refuses without `organisation.manage`, and what `accounts.disable_account` refuses, oneself among it, so that
    somebody is always left to undo it; records `accounts.disabled`.
    """
    require(actor, Perm.MANAGE)
    return disable_account(user=person, actor=actor)


def reactivate_person(*, person: User, actor: User) -> User:
    """Open a closed account again, with the appointments it has left. Records `accounts.enabled`."""
    require(actor, Perm.MANAGE)
    return enable_account(user=person, actor=actor)


def _set_details(person: User, *, name: str, email: str, phone: str, employee_no: str) -> dict[str, Text]:
    """Put cleaned values on the row; returns what is wrong with them by field."""
    person.name, person.email, person.phone = " ".join(name.split()), email.strip(), phone.strip()
    person.employee_no = employee_no.strip()
    faults: dict[str, Text] = {}
    if not person.name:
        faults["name"] = say(_("Give the person's name."))
    elif len(person.name) > (longest := User._meta.get_field("name").max_length or 0):
        faults["name"] = say(_("At most {count} characters."), count=longest)
    if person.email and (fault := _email_fault(person)):
        faults["email"] = fault
    if person.phone and not PHONE.fullmatch(person.phone):
        faults["phone"] = say(_("A phone number has 5 to 19 digits, spaces or hyphens."))
    if person.employee_no and (fault := _number_fault(person)):
        faults["employee_no"] = fault
    return faults


def _number_fault(person: User) -> Say | None:
    if not EMPLOYEE_NO.fullmatch(person.employee_no):
        return say(_("An employee number has up to 30 letters, digits and hyphens."))
    if User.objects.filter(employee_no=person.employee_no).exclude(pk=person.pk).exists():
        return say(_("The employee number “{number}” is taken."), number=person.employee_no)
    return None


def _email_fault(person: User) -> Say | None:
    try:
        validate_email(person.email)
    except ValidationError:
        return say(_("This is not an e-mail address."))
    # People sign in with either, so an address belongs to one person.
    if User.objects.filter(email__iexact=person.email).exclude(pk=person.pk).exists():
        return say(_("The e-mail address “{email}” is taken."), email=person.email)
    return None


def _details(person: User) -> dict[str, str]:
    return {
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "employee_no": person.employee_no,
    }


def _refuse(faults: dict[str, Text]) -> None:
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def _tell(kind: Kind, person: User, actor: User | None) -> None:
    record(
        kind,
        actor=actor,
        data={"person": person.pk, "username": person.username},
        personal={person: _details(person)},
    )
