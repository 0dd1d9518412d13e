"""Where a voucher was claimed before, as far as the reader may know (R-BUD-12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.directory.suppliers.similar import core
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User

from ..models import Claim, Voucher
from ..rules import Likeness
from ..vouchers import normal

SHORTEST: Final = 5
"""Figures that a number needs for the same ones to mean something."""


def earlier_use(key: str, reader: User | None, *, besides: Voucher | None = None) -> Say | None:
    """The claim that holds a voucher of this key already, in words; None where there is none."""
    found = earlier_uses([key], reader, besides=() if besides is None else (besides.pk,))
    return found.get(key)


def earlier_uses(
    keys: Collection[str], reader: User | None, *, besides: Collection[int] = ()
) -> Mapping[str, Say]:
    """The same for several keys: one query, and one more where something was found."""
    used = Voucher.objects.filter(key__in=keys, is_void=False).exclude(pk__in=besides)
    rows = list(used.select_related("claim__claimant").order_by("-pk"))
    if not rows:
        return {}
    seen = _seen(rows, reader)
    return {row.key: _told(row, is_seen=row.claim_id in seen) for row in rows}


def likenesses(claim: Claim, vouchers: Sequence[Voucher], reader: User | None) -> Mapping[int, Likeness]:
    """Vouchers of other spellings that may be the same papers, by the voucher of the claim; two queries at most.

    The same figures in the number, and either the same amount or the same payee apart from legal form and place.
    """
    digits = {one.digits for one in vouchers if len(one.digits) >= SHORTEST}
    if not digits:
        return {}
    others = Voucher.objects.filter(digits__in=digits, is_void=False).select_related("claim__claimant")
    rows = list(others.order_by("-pk"))
    seen = _seen(rows, reader)
    found: dict[int, Likeness] = {}
    for one in vouchers:
        like = [row for row in rows if row.pk != one.pk and row.key != one.key and _may_be(one, row)]
        if not like:
            continue
        first = like[0]
        where = (
            say(_("in this claim"))
            if first.claim_id == claim.pk
            else _told(first, is_seen=first.claim_id in seen)
        )
        found[one.pk] = Likeness(first.number, where, one.amount + sum((row.amount for row in like), ZERO))
    return found


def _may_be(one: Voucher, other: Voucher) -> bool:
    return one.digits == other.digits and (
        one.amount == other.amount or core(normal(one.payee)) == core(normal(other.payee))
    )


def _seen(rows: Sequence[Voucher], reader: User | None) -> set[int]:
    """Which of the claims of these vouchers the reader may see; one query."""
    if reader is None or not rows:
        return set()
    named = Claim.objects.visible_to(reader).filter(pk__in={row.claim_id for row in rows})
    return set(named.values_list("pk", flat=True))


def _told(voucher: Voucher, *, is_seen: bool) -> Say:
    """Who claimed it and when; of a claim that the reader may not see, only that there is one."""
    if not is_seen:
        return say(_("in another claim that you may not see"))
    claim = voucher.claim
    return say(
        _("{claim} of {person}, {day}"),
        claim=claim.code,
        person=str(claim.claimant),
        day=clock.local(claim.created_at).date().isoformat(),
    )
