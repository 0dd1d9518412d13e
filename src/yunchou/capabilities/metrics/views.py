"""The tab 数据: alerts, indicators against what is due by now, charts, and the log of readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog, go, sent, typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.signals import Level
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.kernel.ui.ways import Way, ways_out

from . import actions, forms, selectors
from .charts import charts_of, history_of
from .intake import Intake, read_pasted, read_upload, template_for
from .models import Alert, AlertState, Series, Source
from .permissions import Perm
from .tables import DASHBOARD

TAB = "data"
VIEWS = ("indicators", "channels", "log", "table")
SHOWN_PROBLEMS = 50


# ---------------------------------------------------------------- the tab


@require_safe
@login_required
def dashboard(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?view=` indicators, channels, log or table; each is a page of its own address."""
    subject = open_subject(request, pk, Perm.VIEW)
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else VIEWS[0]
    context = _board(request, subject, view)
    if view == "log":
        context["page"] = paginate(selectors.readings_of(subject), request.GET, by="-pk")
    if view == "indicators":
        context |= _charts(subject, context["board"])
    return render(request, "metrics/dashboard.html", page_context(request, subject, TAB, **context))


@require_safe
@login_required
@never_cache
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """Alerts and indicators alone, which the page asks for again every half minute."""
    subject = open_subject(request, pk, Perm.VIEW)
    view = "channels" if request.GET.get("view") == "channels" else VIEWS[0]
    return render(request, "metrics/parts/board.html", {"subject": subject, **_board(request, subject, view)})


@require_safe
@login_required
@never_cache
def charts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The charts alone; nothing (204) while no figure is newer than the `seen` one."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = selectors.dashboard(subject, clock.now())
    if request.GET.get("seen") == _stamp(found):
        return HttpResponse(status=204)
    return render(request, "metrics/parts/charts.html", {"subject": subject, **_charts(subject, found)})


@dataclass(frozen=True)
class Card:
    """An alert on the page: its words now, how it stands, who heard of it, and what this person may do."""

    alert: Alert
    line: selectors.Line
    told: list[User]
    can_answer: bool
    can_sign: bool

    @property
    def is_answered(self) -> bool:
        return self.alert.state == AlertState.ANSWERED

    @property
    def is_late(self) -> bool:
        return not self.is_answered and self.alert.due_at <= clock.now()

    @property
    def level(self) -> Level:
        """A duty's colour is its lateness, not the indicator's pace."""
        return Level.ACT if self.is_late else Level.WATCH

    @property
    def severity(self) -> str:
        return "block" if self.is_late else "warn"

    @property
    def reason(self) -> Any:
        return self.alert.series if self.line.verdict is None else self.line.verdict.reason

    @property
    def clause(self) -> str:
        return "" if self.line.verdict is None else self.line.verdict.clause

    @property
    def fix(self) -> str:
        return "" if self.line.verdict is None else self.line.verdict.fix_text

    @property
    def ways(self) -> list[Way]:
        """What else may be done about it, as rooms above declare for `metrics.alert`."""
        told = {
            "subject": self.alert.subject_id,
            "reason": str(self.reason),
            "source": str(self.alert.series),
            "at": f"{reverse('metrics:dashboard', args=[self.alert.subject_id])}#alert-{self.alert.pk}",
        }
        return ways_out(SimpleNamespace(passed=False, rule_id="metrics.alert", values=told))

    @property
    def elapsed(self) -> float:
        """How much of the time to answer has gone, 0 to 1."""
        whole = (self.alert.due_at - self.alert.opened_at).total_seconds() or 1
        return min(max((clock.now() - self.alert.opened_at).total_seconds() / whole, 0), 1)


def _board(request: SignedInRequest, subject: Subject, view: str) -> dict[str, Any]:
    found = selectors.dashboard(subject, clock.now())
    can_record = holds(request.user, Perm.RECORD, subject)
    can_sign = holds(request.user, Perm.SIGN, subject)
    can_edit = holds(request.user, Perm.EDIT, subject)
    told = selectors.told_of(found.alerts)
    by_series = {line.series.pk: line for line in found.lines}
    cards = [
        Card(
            alert=alert,
            line=by_series[alert.series_id],
            told=told.get(alert.pk, []),
            can_answer=selectors.may_answer(alert, request.user, can_record=can_record),
            can_sign=can_sign,
        )
        for alert in found.alerts
    ]
    lock = lock_on(subject, actions.READINGS)
    owns = any(line.series.owner_id == request.user.pk for line in found.lines)
    return {
        "view": view,
        "views": _segments(view, can_edit=can_edit),
        "board": found,
        "cards": cards,
        "lock": lock,
        "can_record": (can_record or owns) and lock is None and bool(found.lines),
        "can_edit": can_edit and lock_on(subject, DASHBOARD.key) is None,
    }


def _segments(active: str, *, can_edit: bool) -> list[dict[str, Any]]:
    labels = {"indicators": _("Indicators"), "channels": _("Channels"), "log": _("Readings")}
    if can_edit:
        labels["table"] = _("Table")
    return [{"label": label, "url": f"?view={key}", "active": key == active} for key, label in labels.items()]


def _charts(subject: Subject, found: selectors.Dashboard) -> dict[str, Any]:
    return {"charts": charts_of(found.lines, clock.now()), "stamp": _stamp(found)}


def _stamp(found: selectors.Dashboard) -> str:
    """Tells whether charts that are shown are still so: the newest figure, and the day."""
    newest = f"{found.latest_at:%Y%m%d%H%M%S%f}" if found.latest_at else ""
    return f"{clock.today():%m%d}-{newest}"


@require_POST
@login_required
def goals_take(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rows for goals that are not measured, and the goals' targets for those that are."""
    subject = open_subject(request, pk, Perm.EDIT)
    touched = actions.take_goals(subject=subject, actor=request.user)
    words = ngettext("%(count)d target taken over", "%(count)d targets taken over", len(touched))
    toast(request, words % {"count": len(touched)})
    address = selectors.dashboard_url(subject)
    return go(request, address)


# ---------------------------------------------------------------- one indicator


@require_safe
@login_required
def series_detail(request: SignedInRequest, pk: int, series: int) -> HttpResponse:
    """One indicator day by day and by source, with its readings and alerts (DSH-09, DSH-12)."""
    subject = open_subject(request, pk, Perm.VIEW)
    one = _series(subject, series)
    found = selectors.dashboard(subject, clock.now())
    line = next(line for line in found.lines if line.series.pk == one.pk)
    history = history_of(line, clock.now())
    context = {
        "line": line,
        "days": history.days,
        "chart": history.chart,
        "sources": selectors.sources_of(one),
        "alerts": selectors.alerts_of(one),
        "page": paginate(selectors.readings_of(subject).filter(series=one), request.GET, by="-pk"),
        "can_edit": holds(request.user, Perm.EDIT, subject) and lock_on(subject, DASHBOARD.key) is None,
    }
    return render(request, "metrics/series_detail.html", page_context(request, subject, TAB, **context))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def series_terms(request: SignedInRequest, pk: int, series: int) -> HttpResponse:
    """Window and threshold of an indicator, in a dialog."""
    subject = open_subject(request, pk, Perm.EDIT)
    one = _series(subject, series)
    names = ("start_on", "end_on", "comparison", "threshold", "lower_is_better")
    form = forms.TermsForm(typed(request), initial={name: getattr(one, name) for name in names})

    def save() -> str:
        actions.set_terms(series=one, terms=form.as_terms(), actor=request.user)
        return _done(request, subject, _("Saved: %(name)s") % {"name": one})

    return _dialog(request, form, str(one), _("Save"), save, subject)


def _series(subject: Subject, pk: int) -> Series:
    return get_object_or_404(Series.objects.select_related("owner", "subject__unit"), subject=subject, pk=pk)


# ---------------------------------------------------------------- readings


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def readings_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """All indicators of a day, in a dialog. People without the right record the indicators they own."""
    subject, series = _recordable(request, pk)
    form = forms.ReadingsForm(typed(request), series=series)
    more = {"template": "metrics/readings_form.html", "draft": f"readings-{subject.pk}"}

    def save() -> str:
        named = form.named_points()
        try:
            found = actions.record_readings(
                subject=subject,
                points=[point for _name, point in named],
                actor=request.user,
                source=Source.PAGE,
                key=f"form:{form.cleaned_data['key']}",
                origin=form.cleaned_data["note"],
            )
        except actions.PointsRefused as refused:
            at = {
                "day" if error.code == "future" else named[error.index][0]: error.message
                for error in refused.errors
            }
            raise Invalid(refused.message, fields=at) from refused
        return _recorded(request, subject, found)

    return _dialog(request, form, _("Record readings"), _("Record"), save, subject, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def readings_upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """A table of readings, uploaded or pasted, in a dialog; says line by line what cannot be used."""
    subject, _series = _recordable(request, pk)
    form = forms.UploadForm(typed(request), sent(request))
    problems: list[tuple[int, str]] = []

    def save() -> str:
        intake = _read(form)
        problems.extend((line, str(message)) for line, message in intake.problems)
        if problems:
            raise _unusable(problems)
        file = form.cleaned_data["file"]
        try:
            found = actions.record_readings(
                subject=subject,
                points=intake.points,
                actor=request.user,
                source=Source.SHEET,
                key=f"sheet:{intake.key}",
                origin=file.name[:60] if file else "",
            )
        except actions.PointsRefused as refused:
            problems.extend((intake.lines[error.index], str(error.message)) for error in refused.errors)
            raise _unusable(problems) from refused
        return _recorded(request, subject, found)

    more = {
        "part": "metrics/parts/upload_head.html",
        "below": "metrics/parts/upload_problems.html",
        "problems": problems,
        "most": SHOWN_PROBLEMS,
    }
    return _dialog(request, form, _("Upload readings"), _("Record"), save, subject, wide=("file",), **more)


def _unusable(problems: Sequence[tuple[int, str]]) -> Invalid:
    words = ngettext(
        "%(count)s line cannot be used; nothing was recorded.",
        "%(count)s lines cannot be used; nothing was recorded.",
        len(problems),
    )
    return Invalid(words % {"count": len(problems)})


def _read(form: forms.UploadForm) -> Intake:
    data, day = form.cleaned_data, form.cleaned_data["day"]
    if data["file"]:
        return read_upload(data["file"].read(), day=day)
    return read_pasted(data["pasted"], day=day)


@require_safe
@login_required
def readings_template(request: SignedInRequest, pk: int) -> HttpResponse:
    """The table to fill in for today."""
    _subject, series = _recordable(request, pk)
    day = clock.today()
    response = HttpResponse(template_for(series, day), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="readings-{day:%Y-%m-%d}.csv"'
    return response


def _recordable(request: SignedInRequest, pk: int) -> tuple[Subject, list[Series]]:
    """The subject and the indicators this person may record: all, or their own; 403 where there is none."""
    subject = open_subject(request, pk)
    series = list(selectors.series_of(subject))
    if not holds(request.user, Perm.RECORD, subject):
        series = [one for one in series if one.owner_id == request.user.pk]
        if not series:
            open_subject(request, pk, Perm.RECORD)
    return subject, series


def _recorded(request: SignedInRequest, subject: Subject, found: actions.Recorded) -> str:
    """Say how much was recorded; where to go then."""
    if found.is_repeat:
        return _done(request, subject, _("These readings had been recorded before."))
    words = ngettext("%(count)s reading recorded.", "%(count)s readings recorded.", found.batch.count)
    words %= {"count": found.batch.count}
    if found.alerts:
        more = ngettext("%(count)s alert raised.", "%(count)s alerts raised.", len(found.alerts))
        words = f"{words} {more % {'count': len(found.alerts)}}"
    return _done(request, subject, words)


# ---------------------------------------------------------------- alerts


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def alert_answer(request: SignedInRequest, pk: int, alert: int) -> HttpResponse:
    """Cause and adjustment, in a dialog."""
    subject = open_subject(request, pk)
    found = _alert(subject, alert)
    form = forms.AnswerForm(typed(request), initial={"cause": found.cause, "adjustment": found.adjustment})

    def save() -> str:
        actions.answer_alert(alert=found, actor=request.user, **form.cleaned_data)
        return _done(request, subject, _("Recorded. The alert ends when the number recovers."))

    hint = _("The alert ends when the number recovers or the overall lead signs.")
    more = {"part": "metrics/parts/answer_head.html", "alert": found, "draft": f"alert-{found.pk}"}
    return _dialog(request, form, str(found.series), _("Save"), save, subject, hint=hint, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def alert_sign(request: SignedInRequest, pk: int, alert: int) -> HttpResponse:
    """The overall lead's signature under an alert that goes on, in a dialog."""
    subject = open_subject(request, pk, Perm.SIGN)
    found = _alert(subject, alert)
    form = forms.SignForm(typed(request))

    def save() -> str:
        actions.sign_alert(alert=found, actor=request.user, **form.cleaned_data)
        return _done(request, subject, _("Signed off."))

    verb = _("Sign off the alert")
    title = f"{verb} · {found.series}"
    hint = _(
        "The number has not recovered. With your signature the alert ends and is not raised again until it has."
    )
    return _dialog(request, form, title, _("Sign off"), save, subject, hint=hint)


def _alert(subject: Subject, pk: int) -> Alert:
    return get_object_or_404(Alert.objects.select_related("series__owner"), subject=subject, pk=pk)


# ---------------------------------------------------------------- answers


def _dialog(
    request: SignedInRequest,
    form: BaseForm,
    title: str,
    verb: str,
    save: Callable[[], str],
    subject: Subject,
    **more: Any,
) -> HttpResponse:
    """A dialog over the tab; without scripts a page that leads back to it."""
    back = selectors.dashboard_url(subject)
    crumbs = ((subject.title, back),)
    return dialog(request, form, title, verb, save, back=back, crumbs=crumbs, subject=subject, **more)


def _done(request: SignedInRequest, subject: Subject, words: str) -> str:
    """Say what was done; the page that the dialog stood on, as it is now."""
    toast(request, words)
    here = request.htmx.current_url_abs_path if request.htmx else None
    return here or selectors.dashboard_url(subject)
