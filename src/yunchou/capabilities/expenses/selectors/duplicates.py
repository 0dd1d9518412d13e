"""Where a voucher was claimed before, as far as the reader may know (R-BUD-12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User

from ..models import Claim, Voucher


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
    seen: set[int] = set()
    if reader is not None:
        named = Claim.objects.visible_to(reader).filter(pk__in=[row.claim_id for row in rows])
        seen = set(named.values_list("pk", flat=True))
    return {row.key: _told(row, is_seen=row.claim_id in seen) for row in rows}


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
