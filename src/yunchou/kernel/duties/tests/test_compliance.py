"""How well the rules were kept: by rule, by unit, by person, and who may see it."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.kernel.core import clock
from yunchou.kernel.duties.actions import cancel, fulfil
from yunchou.kernel.duties.compliance import compliance_by, late_in, narrowed, overseen_by, total_of
from yunchou.kernel.duties.models import Duty

from .factories import Company
from .test_actions import FRIDAY, _kinds, heard, lay_down  # noqa: F401
from .test_views import as_user

NOW = FRIDAY + timedelta(days=1)
SINCE = FRIDAY - timedelta(days=30)


def some_duties(firm: Company, number: int) -> None:
    """One kept, one done late, one still open, one dropped, one not due yet and one of history; and the vice
    president is late with one.
    """
    for name in ("kept", "late", "open", "dropped", "later", "old"):
        lay_down(firm, key=f"{name}-{number}")
    lay_down(firm, key=f"vp-{number}", owner=firm.vp)
    with clock.at(FRIDAY):
        fulfil(actor=firm.owner, key=f"kept-{number}")
        cancel(actor=firm.owner, key=f"dropped-{number}")
    with clock.at(FRIDAY + timedelta(hours=5)):
        fulfil(actor=firm.owner, key=f"late-{number}")
    Duty.objects.filter(key=f"later-{number}").update(due_at=NOW + timedelta(days=1))
    Duty.objects.filter(key=f"old-{number}").update(is_history=True)


def test_each_heading_counts_what_fell_due_in_two_queries(firm: Company) -> None:
    wanted = {
        "rule": {"Write": (4, 1, 1, 2)},
        "unit": {"South": (4, 1, 1, 2)},
        "person": {"Owner": (3, 1, 1, 1), "Vp": (1, 0, 0, 1)},
    }
    for size in (1, 2):
        some_duties(firm, size)
        for by, figures in wanted.items():
            with CaptureQueriesContext(connection) as queries:
                rows = compliance_by(by, Duty.objects.all(), SINCE, NOW)
            found = {str(row.label): (row.total, row.on_time, row.done_late, row.open_late) for row in rows}
            assert found == {label: tuple(size * n for n in counts) for label, counts in figures.items()}
            assert len(queries) <= 2
    total = total_of(rows)
    assert (total.share, total.late, total.level) == (0.25, 6, "act")
    [mine, _theirs] = rows
    listed = late_in(narrowed(Duty.objects.all(), "person", mine.key), SINCE, NOW)
    assert sorted(duty.key for duty in listed) == ["late-1", "late-2", "open-1", "open-2"]
    assert not narrowed(Duty.objects.all(), "unit", "9" * 30).exists()


def test_people_see_their_own_figures_and_those_of_the_units_they_oversee(firm: Company) -> None:
    some_duties(firm, 1)
    assert overseen_by(firm.owner).count() == 6
    assert overseen_by(firm.vp).count() == 7
    with clock.at(NOW):
        own = as_user(firm.owner).get("/duties/kept/?by=person").content.decode()
        assert "1 of 3 duties in time" in own
        assert "By person" not in own
        assert "Vp" not in own
        page = as_user(firm.vp)
        for query, words in (
            ("", "1 of 4 duties in time"),
            (f"?by=unit&unit={firm.group.pk}", "South"),
            ("?by=person", "Owner"),
            (f"?by=person&of={firm.owner.pk}", "not fulfilled in time"),
            ("?by=nonsense&days=x&unit=99&of=none", "1 of 4 duties in time"),
        ):
            assert words in page.get(f"/duties/kept/{query}").content.decode(), query
    with clock.at(NOW + timedelta(days=60)):
        empty = page.get("/duties/kept/?days=7").content.decode()
        assert "Nothing fell due in this period" in empty
