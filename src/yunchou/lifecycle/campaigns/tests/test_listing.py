"""The list in the order of what is owed next: every campaign once, whichever way one turns the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.ui.paging import Page, paginate
from yunchou.lifecycle.campaigns import listing
from yunchou.lifecycle.campaigns.models import Campaign

from .factories import make_campaign

#: Of each campaign: in how many days its duties are due; those in brackets are done.
DUE: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((5, 2, 2), ()), ((), (1,)), ((2,), ()), ((9, -3), (-7,)), ((), ()), ((4,), ()), ((2, 8), (1,)), ((), ()), ((-3,), ()),
)  # fmt: skip


@pytest.mark.parametrize("sort", ["due", "-due"])
def test_campaigns_follow_each_other_by_their_next_duty(firm: Firm, sort: str) -> None:
    now, wanted = clock.now(), []
    for n, (opened, done) in enumerate(DUE):
        campaign = make_campaign(firm, f"活动 {n}")
        Duty.objects.filter(subject=campaign.pk).delete()
        for place, days in enumerate(opened + done):
            is_done = place >= len(opened)
            Duty.objects.create(
                subject_id=campaign.pk, owner=firm.owner, kind="tests.any", title={}, key=f"{n}-{place}",
                due_at=now + timedelta(days), state=Duty.State.DONE if is_done else Duty.State.OPEN,
                done_at=now if is_done else None,
            )  # fmt: skip
        soonest = now + timedelta(min(opened)) if opened else listing.FAR_AWAY
        wanted.append((soonest, campaign.pk))
    wanted.sort(reverse=sort.startswith("-"))
    parts, by = listing.ordered(Campaign.objects.all(), sort)

    def turned(**query: str) -> Page[Campaign]:
        with CaptureQueriesContext(connection) as asked:
            page = paginate(listing.bare(parts, by), query, by=by, size=2)
            assert len(asked) <= len(parts)
        return page

    pages = [turned()]
    while pages[-1].next:
        pages.append(turned(after=pages[-1].next))
    assert [(one.due_at, one.pk) for page in pages for one in page] == wanted  # type: ignore[attr-defined]
    assert pages[-1].last == len(DUE)
    back = [pages[-1]]
    while back[-1].previous:
        back.append(turned(before=back[-1].previous))
    assert [list(page) for page in reversed(back)] == [list(page) for page in pages]
