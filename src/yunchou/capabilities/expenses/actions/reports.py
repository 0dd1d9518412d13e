"""The monthly expense report: collected, posted, verified, analysed, approved, and then the month is closed (BUD-19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.actions.accounts import MONTH
from yunchou.capabilities.ledger.models import Account
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holders_of, valid_appointments
from yunchou.kernel.approvals.actions import missing_route_told, open_case
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.actions import open_subject

from .. import journal
from ..duties import DUE_HOUR, REPORT, WORKING_DAYS
from ..flow import APPROVE_REPORT, CLOSE_MONTH, REOPEN_MONTH, RETURN_REPORT, SEND_REPORT
from ..models import ExpenseReport, VarianceNote
from ..permissions import REPORT_KIND, Perm
from ..selectors.reports import (
    account_in,
    days_of,
    differing_bookings,
    figures_of,
    moved_since,
    report_summary,
)
from .shared import record_writing, refused

COMPANIES: Final = (Unit.Kind.GROUP, Unit.Kind.REGION)


@transaction.atomic
def open_report(*, unit: Unit, month: str, actor: User | None) -> ExpenseReport:
    """The report of a unit on a month `2026-08`, begun where there is none; records `expenses.report_opened`."""
    if actor is not None:
        require(actor, Perm.REPORT, unit)
    if not MONTH.match(month):
        raise refused("month", say(_("Choose a month.")))
    found: ExpenseReport | None = ExpenseReport.objects.filter(unit=unit, month=month).first()
    if found is not None:
        return found
    # The unit's own row keeps two people from beginning it at once.
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    again: ExpenseReport | None = ExpenseReport.objects.filter(unit=unit, month=month).first()
    if again is not None:
        return again
    title = f"{unit.name} {month}"
    subject = open_subject(kind=REPORT_KIND, unit=unit, title=title, code=month, actor=actor)
    report: ExpenseReport = ExpenseReport.objects.create(subject=subject, unit=unit, month=month)
    subject.address = report.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.REPORT_OPENED, actor=actor, subject=subject, data={"title": title})
    return report


def _in_hand(report: ExpenseReport, actor: User) -> ExpenseReport:
    rows = ExpenseReport.objects.select_for_update(of=("subject", "self"))
    locked: ExpenseReport = rows.select_related("subject__unit", "unit").get(pk=report.pk)
    require(actor, Perm.REPORT, locked)
    if not locked.is_editable:
        state = str(locked.get_status_display())
        raise WrongState(say(_("The report is “{state}” and cannot be changed now."), state=state))
    return locked


@transaction.atomic
def write_report(*, report: ExpenseReport, analysis: str, improvements: str, actor: User) -> ExpenseReport:
    """Keep analysis and improvement measures; records `expenses.report_changed`."""
    locked = _in_hand(report, actor)
    if (analysis, improvements) != (locked.analysis, locked.improvements):
        locked.analysis, locked.improvements = analysis, improvements
        locked.save(update_fields=["analysis", "improvements"])
        record_writing(journal.REPORT_CHANGED, locked.subject, actor, {"title": str(locked)})
    return locked


@transaction.atomic
def write_note(*, report: ExpenseReport, account: str, text: str, actor: User) -> None:
    """Say why an account's cost differs from what it was given (R-BUD-11); an empty text takes the note back."""
    locked = _in_hand(report, actor)
    if account_in(locked, account) is None:
        raise refused("account", say(_("This line does not belong to the report.")))
    if text.strip():
        VarianceNote.objects.update_or_create(report=locked, account=account, defaults={"text": text.strip()})
    else:
        VarianceNote.objects.filter(report=locked, account=account).delete()
    record(
        journal.REPORT_CHANGED,
        actor=actor,
        subject=locked.subject,
        data={"title": str(locked), "account": account},
    )


@transaction.atomic
def verify_month(*, report: ExpenseReport, actor: User) -> ExpenseReport:
    """Step 3: what was booked in the month is what was claimed or vouched for. Refuses where it is not; records who looked."""
    locked = _in_hand(report, actor)
    if differing := differing_bookings(locked):
        words = _("These bookings differ from what was claimed or vouched for: {claims}")
        raise WrongState(say(words, claims=", ".join(differing[:10])))
    locked.verified_at, locked.verified_by = clock.now(), actor
    locked.save(update_fields=["verified_at", "verified_by"])
    record(journal.REPORT_VERIFIED, actor=actor, subject=locked.subject, data={"title": str(locked)})
    return locked


def send_report(*, report: ExpenseReport, actor: User, note: str = "") -> ExpenseReport:
    """Send the report to management with the figures as they are now; records `expenses.report_sent`.

    Refuses a month that is not over or not verified, without analysis and measures, and a variance without a note.
    """
    with (
        missing_route_told(report.subject, actor),
        SEND_REPORT.apply(report, actor=actor, note=note, data={"title": str(report)}) as locked,
    ):
        locked.figures = figures_of(report_summary(locked))
        locked.save(update_fields=["figures"])
        open_case(subject=locked.subject, definition=REPORT_KIND, actor=actor, note=note)
        fulfil(actor=actor, kind=REPORT.key, subject=locked.subject)
    return locked


def report_approved(case: Case, actor: User) -> None:
    """Management has approved it: the month may be closed."""
    report = _of(case)
    with APPROVE_REPORT.apply(report, actor=actor, data={"title": str(report)}):
        pass


def report_returned(case: Case, actor: User) -> None:
    """Returned, rejected or withdrawn: it is written on; its figures will be those of the next sending."""
    report = _of(case)
    with RETURN_REPORT.apply(report, actor=actor, note="—", data={"title": str(report)}) as locked:
        locked.figures, locked.verified_at, locked.verified_by = None, None, None
        locked.save(update_fields=["figures", "verified_at", "verified_by"])


def close_month(*, report: ExpenseReport, actor: User) -> ExpenseReport:
    """Close the month of an approved report: nothing dated in it is posted any more. Records `expenses.month_closed`.

    Refuses a report that management has not approved (R-BUD-13), and books that have moved since it was sent.
    """
    with CLOSE_MONTH.apply(report, actor=actor, data={"title": str(report)}) as locked:
        ledger.close_month(account=_unit_account(locked), month=locked.month, actor=actor)
        if moved := moved_since(locked):
            words = _(
                "The books of {month} have moved by {amount} yuan since the report was sent; have it approved anew."
            )
            if not moved.amount:
                words = _("The books of {month} have moved since the report was sent; have it approved anew.")
            raise WrongState(say(words, month=locked.month, amount=format_exact(moved.amount)))
        locked.closed_at, locked.closed_by = clock.now(), actor
        locked.save(update_fields=["closed_at", "closed_by"])
    return locked


def reopen_month(*, report: ExpenseReport, reason: str, actor: User) -> ExpenseReport:
    """Open the closed month of a report again, with a reason; records `expenses.month_reopened`.

    Refuses what `ledger.reopen_month` refuses: without `ledger.reopen`, whoever closed it, and a month that a unit above
    has closed as well. The report is written on, owed anew, and approved again before the month is closed.
    """
    if not reason.strip():
        raise refused("reason", say(_("Say why the month is opened again.")))
    with REOPEN_MONTH.apply(report, actor=actor, note=reason.strip(), data={"title": str(report)}) as locked:
        made = ledger.reopen_month(
            account=_unit_account(locked), month=locked.month, reason=reason, actor=actor
        )
        locked.figures, locked.verified_at, locked.verified_by = None, None, None
        locked.closed_at, locked.closed_by = None, None
        locked.save(update_fields=["figures", "verified_at", "verified_by", "closed_at", "closed_by"])
        owner = _writer(locked.unit)
        if owner is not None:
            _owe(locked, owner, clock.today(), key=f"{REPORT.key}:{locked.pk}:{made.pk}")
    return locked


def _owe(report: ExpenseReport, owner: User, end: date, *, key: str = "") -> None:
    """Finance owes the report so many working days after a day."""
    owe(
        kind=REPORT.key,
        subject=report.subject,
        owner=owner,
        due_at=clock.moment(add_working_days(end, WORKING_DAYS), DUE_HOUR),
        key=key,
        params={"month": report.month, "unit": report.unit.name},
    )


def _writer(unit: Unit) -> User | None:
    """Who writes the report of a company: of those who may, whoever is appointed nearest to it, its own finance first."""
    people = holders_of(Perm.REPORT, unit)
    seats = (
        valid_appointments()
        .filter(user__in=people, unit__in=unit.ancestor_ids)
        .select_related("unit", "user")
    )
    nearest = max(seats, key=lambda seat: (len(seat.unit.path), -seat.user_id), default=None)
    return nearest.user if nearest else people.order_by("pk").first()


def owe_reports(*, day: date) -> int:
    """On the first day of a month finance owes the report on the month before, of every company with books; says how many.

    Again for the same day changes nothing; a company without anybody to write it has nobody to owe.
    """
    end = day.replace(day=1) - timedelta(days=1)
    month, owed = f"{end:%Y-%m}", 0
    companies = Account.objects.filter(kind=Account.Kind.UNIT, year=end.year, unit__kind__in=COMPANIES)
    for account in companies.select_related("unit").order_by("path"):
        unit = account.unit
        owner = _writer(unit)
        if owner is None:
            continue
        with transaction.atomic():
            report = open_report(unit=unit, month=month, actor=None)
            if not report.is_editable:
                continue
            _owe(report, owner, days_of(month)[1])
        owed += 1
    return owed


def _unit_account(report: ExpenseReport) -> Account:
    return ledger.open_unit(unit=report.unit, year=int(report.month[:4]))


def _of(case: Case) -> ExpenseReport:
    found: ExpenseReport = ExpenseReport.objects.select_related("subject__unit", "unit").get(
        pk=case.subject_id
    )
    return found
