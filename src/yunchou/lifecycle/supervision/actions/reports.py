"""The monthly report of a team to top management: drafted from what it found, written by its head, sent (SUP-02)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import who
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Role

from .. import journal, notices
from ..duties import DUE_HOUR, MONTHLY
from ..models import Check, Field, Finding, GuidanceNote, Mode, SupervisionReport, Team
from ..permissions import Perm
from ..rules import teams_report_each_month
from ..selectors.teams import people_of
from ..subject import REPORT
from ..terms import term
from .shared import text_given


@transaction.atomic
def draft_reports(*, today: date) -> list[SupervisionReport]:
    """Draft the report of last month for every team whose time it was, once; its head owes sending it. For the night."""
    last = today.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    teams = Team.objects.filter(starts_on__lte=last).exclude(ends_on__lt=first).exclude(reports__first=first)
    return [_drafted(team, first, last) for team in teams.select_related("subject__unit").order_by("pk")]


def _drafted(team: Team, first: date, last: date) -> SupervisionReport:
    people = people_of(team)
    head = people.head
    with override(head.language if head else None):
        title = gettext("%(team)s: report of %(month)s") % {"team": team.name, "month": f"{first:%Y-%m}"}
        figures, text = _draft(team, first, last)
    subject = open_subject(kind=REPORT.key, unit=team.subject.unit, title=title[:160], actor=None)
    report: SupervisionReport = SupervisionReport.objects.create(
        subject=subject, team=team, first=first, text=text, figures=figures
    )
    subject.address, subject.code = report.get_absolute_url(), f"JB-{first:%Y%m}-{subject.pk}"
    subject.save()
    record(journal.REPORT_DRAFTED, actor=None, subject=subject, data={"title": title})
    for person in people.members:
        add_member(subject=subject, user=person)
    if head is not None:
        add_member(subject=subject, user=head, role=Role.LEAD)
        due = term(teams_report_each_month, "day", since=last)
        owe(
            kind=MONTHLY.key, subject=subject, owner=head, due_at=clock.moment(due, DUE_HOUR), key=report.key,
            params={"team": team.name, "month": f"{first:%Y-%m}"},
        )  # fmt: skip
    return report


def _draft(team: Team, first: date, last: date) -> tuple[dict[str, int], str]:
    """The figures of a month and a text from them; what was seen stands under the field it belongs to."""
    checks = list(
        Check.objects.filter(team=team, on__range=(first, last)).select_related("about").order_by("on", "pk")
    )
    findings = list(
        Finding.objects.filter(source__supervision_check__team=team)
        .select_related("subject__unit", "owner")
        .order_by("pk")
    )
    begin, end = clock.moment(first), clock.moment(last + timedelta(days=1))
    new = [one for one in findings if begin <= one.recorded_at < end]
    settled = [one for one in findings if one.settled_at and begin <= one.settled_at < end]
    still = [
        one for one in findings if one.recorded_at < end and (one.settled_at is None or one.settled_at >= end)
    ]
    notes = GuidanceNote.objects.filter(team=team, at__gte=begin, at__lt=end).count()
    figures = {
        "checks": len(checks), "legality": sum(one.mode == Mode.LEGALITY for one in checks), "findings": len(new),
        "settled": len(settled), "open": len(still), "late": sum(one.is_late for one in still), "notes": notes,
    }  # fmt: skip
    lines = [
        gettext("%(checks)d checks, %(legality)d of them for legality and honesty; %(notes)d notes.")
        % figures,
        gettext(
            "%(findings)d findings; %(settled)d corrected and verified; %(open)d open, %(late)d of them overdue."
        )
        % figures,
        "",
    ]
    for field in (*Field, None):
        here = [one for one in checks if one.field == (field.value if field else "")]
        if here:
            lines.append(f"【{field.label if field else Mode.LEGALITY.label}】")
            lines += [f"· {one.on:%m-%d} {one.about.title}：{one.text.splitlines()[0][:120]}" for one in here]
    if still:
        lines += ["", gettext("Still open:")]
        lines += [
            f"· {one} {one.text.splitlines()[0][:80]}（{one.subject.unit.name} {one.owner}，{one.due_on:%m-%d}）"
            for one in still
        ]
    return figures, "\n".join(lines)


@transaction.atomic
def write_report(*, report: SupervisionReport, text: str, actor: User) -> SupervisionReport:
    """Change the draft. Refuses everybody but the team's head, an empty text, and one that was sent (409)."""
    locked = _draft_of(report, actor)
    clean = text_given("text", text, say(_("Write the report.")))
    if clean != locked.text:
        locked.text = clean
        locked.save(update_fields=["text"])
        record(journal.REPORT_CHANGED, actor=actor, subject=locked.subject, data={"title": str(locked)})
    return locked


@transaction.atomic
def send_report(*, report: SupervisionReport, text: str, actor: User) -> SupervisionReport:
    """Send the report to top management, after which it stays as it is.

    Refuses as `write_report`; records `supervision.report_sent` and tells whoever reads reports of the unit.
    """
    locked = _draft_of(report, actor)
    locked.text = text_given("text", text, say(_("Write the report.")))
    locked.sent_at, locked.sent_by = clock.now(), actor
    locked.save(update_fields=["text", "sent_at", "sent_by"])
    fulfil(actor=actor, key=locked.key)
    readers = {holder.user for holder in who(Perm.READ_REPORTS, locked.team.subject.unit)} - {actor}
    record(
        journal.REPORT_SENT, actor=actor, subject=locked.subject,
        data={"title": str(locked), "count": len(readers), "text": locked.text, "figures": locked.figures},
    )  # fmt: skip
    notify(
        users=readers, kind=notices.REPORTED.key, say=say(_("{person} sent “{title}”"), person=actor.name, title=str(locked)),
        subject=locked.subject,
    )  # fmt: skip
    return locked


def _draft_of(report: SupervisionReport, actor: User) -> SupervisionReport:
    require(actor, Perm.REPORT, report.subject)
    rows = SupervisionReport.objects.select_for_update(of=("self",)).select_related(
        "subject", "team__subject__unit"
    )
    locked: SupervisionReport = rows.get(pk=report.pk)
    if locked.is_sent:
        raise WrongState(say(_("The report was sent; it is changed no more.")))
    return locked
