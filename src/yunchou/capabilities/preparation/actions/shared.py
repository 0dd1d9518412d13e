"""How the actions of this room begin, and what several of them have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.purchasing.models import SIGNED_CONTRACTS, Contract
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm
from ..rules import Resource, resource_is_agreed_in_writing

M = TypeVar("M", bound=models.Model)
AGREEMENT_STAGE = "agreement"


def opened_for(row: Any, table: str, actor: User) -> Subject:
    """The activity of a row, locked as by `open_table`, for who prepares it or is, under that lock, the row's owner."""
    subject = open_table(row.subject, table, actor, Perm.VIEW)
    if not type(row)._default_manager.filter(pk=row.pk, owner=actor).exists():
        require(actor, Perm.EDIT, subject)
    return subject


def again(row: M) -> M:
    """The row as it is now, under a lock of its own; refuses one that is gone."""
    found: M | None = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise WrongState(say(_("Somebody deleted this row meanwhile.")))
    return found


def proven(
    *, name: str, subject: Subject, contract: Contract | None, upload: Upload | None, actor: User
) -> tuple[Contract | None, Attachment | None, str]:
    """What proves that a resource is agreed in writing: a signed contract of the activity, or a signed agreement as a file.

    Refuses where there is neither (R-PRE-01), and a contract that is not signed or binds another activity.
    """
    if contract is not None:
        signed = Contract.objects.filter(pk=contract.pk, status__in=SIGNED_CONTRACTS).first()
        if signed is None or signed.purchase.activity_id != subject.pk:
            refuse_promise(name, "contract")
        return signed, None, contract.number
    if upload is None:
        refuse_promise(name, "agreement")
        raise AssertionError
    attachment = attach_file(subject=subject, upload=upload, actor=actor, stage=AGREEMENT_STAGE)
    return None, attachment, attachment.name


def refuse_promise(name: str, field: str) -> None:
    """What R-PRE-01 says of a promise."""
    [verdict] = evaluate([resource_is_agreed_in_writing], Resource(name))
    raise RuleRefused(verdict.reason, verdicts=[verdict], fields={field: verdict.reason})


def times(starts_at: datetime, ends_at: datetime) -> str:
    """`2024-08-02 09:00 — 18:00`, as the journal and duties name a booking."""
    start, end = clock.local(starts_at), clock.local(ends_at)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} — {until}"


def bracketed(text: str) -> str | Say:
    """A note as the end of a journal sentence: nothing, or what was said."""
    return say(": {text}", text=text) if text else ""
