"""Filing vouchers: each counts once in the whole company, whoever types it and how (R-BUD-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.ui.seen import refuse_stale

from .. import journal
from ..models import Claim, Voucher
from ..rules import ClaimFacts, VoucherFacts, voucher_counts_once
from ..selectors.duplicates import earlier_use
from ..selectors.stamps import voucher_stamp
from ..vouchers import digits_of, key_of, normal
from .shared import amount_given, in_hand, refused

STAGE: Final = "voucher"
OLDEST_DAYS: Final = 366 * 3


@dataclass(frozen=True)
class Paper:
    """What stands on a voucher."""

    kind: str
    number: str
    payee: str
    amount: Decimal | None
    issued_on: date | None


@transaction.atomic
def keep_picture(*, claim: Claim, upload: Upload, actor: User) -> Attachment:
    """Keep the photograph of a voucher before anything else of it is right, so that it need not be taken again."""
    locked = in_hand(claim, actor)
    return attach_file(subject=locked.subject, upload=upload, actor=actor, stage=STAGE)


@transaction.atomic
def put_voucher(
    *,
    claim: Claim,
    paper: Paper,
    actor: User,
    attachment: Attachment | None = None,
    voucher: Voucher | None = None,
    seen: str = "",
) -> Voucher:
    """File a voucher, or change `voucher`; without an `attachment` a known picture stays. Records `expenses.voucher_put`.

    Refuses, at the field: what is missing, an amount that is none, a day to come or long past, and a voucher that is
    claimed already (R-BUD-12), naming the earlier claim as far as the actor may see it. And a `voucher` that is not as it
    was `seen`.
    """
    locked = in_hand(claim, actor)
    amount = _check(paper)
    kept = Voucher(claim=locked) if voucher is None else Voucher.objects.get(pk=voucher.pk, claim=locked)
    if voucher is not None:
        refuse_stale(seen, voucher_stamp(kept))
    key = key_of(paper.number, paper.payee, amount)
    _refuse_second(key, paper, amount, actor, kept if kept.pk else None)
    kept.kind, kept.number, kept.payee = paper.kind, paper.number.strip(), paper.payee.strip()
    kept.amount, kept.key, kept.digits = amount, key, digits_of(paper.number)
    kept.issued_on = paper.issued_on or clock.today()
    if attachment is not None and attachment.subject_id == locked.pk:
        kept.attachment = attachment
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        # Somebody filed the same voucher between our look and our insert: the constraint is what holds.
        _refuse_second(key, paper, amount, actor, kept if kept.pk else None)
        raise
    data = {"number": kept.number, "amount": format_exact(amount), "title": locked.code}
    record(journal.VOUCHER_PUT, actor=actor, subject=locked.subject, data=data)
    return kept


def _check(paper: Paper) -> Decimal:
    if not normal(paper.number):
        raise refused("number", say(_("Give the number on the voucher.")))
    if not normal(paper.payee):
        raise refused("payee", say(_("Say who was paid.")))
    if paper.kind not in Voucher.Kind.values:
        raise refused("kind", say(_("Choose the kind of voucher.")))
    amount = amount_given(paper.amount)
    if paper.issued_on is None:
        raise refused("issued_on", say(_("Give the date of the voucher.")))
    if paper.issued_on > clock.today():
        raise refused("issued_on", say(_("This day is still to come.")))
    if (clock.today() - paper.issued_on).days > OLDEST_DAYS:
        raise refused("issued_on", say(_("A voucher of more than three years ago is not claimed any more.")))
    return amount


def _refuse_second(key: str, paper: Paper, amount: Decimal, actor: User, besides: Voucher | None) -> None:
    earlier = earlier_use(key, actor, besides=besides)
    if earlier is None:
        return
    facts = ClaimFacts({}, vouchers=(VoucherFacts(paper.number.strip(), amount, earlier=earlier),))
    [verdict] = voucher_counts_once.failures(facts)
    raise RuleRefused(verdict.reason, fields={"number": verdict.reason}, verdicts=[verdict])


@transaction.atomic
def remove_voucher(*, voucher: Voucher, actor: User) -> None:
    """Take a voucher out of a claim that is being written; its picture stays in the files. Records `voucher_removed`."""
    locked = in_hand(voucher.claim, actor)
    found = Voucher.objects.filter(pk=voucher.pk, claim=locked).first()
    if found is None:
        raise WrongState(say(_("This voucher is no longer there.")))
    data = {"number": found.number, "title": locked.code}
    found.delete()
    record(journal.VOUCHER_REMOVED, actor=actor, subject=locked.subject, data=data)
