"""What people fill in about opinions, weeks, requests to departments, and recurring reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.ui.seen import SeenForm

from .models import Every, Place, RecurringReport, ReportKind, ResourceRequest, Tone, WeeklyReport
from .risk_forms import day, lines

ANSWERS = [choice for choice in ResourceRequest.State.choices if choice[0] != ResourceRequest.State.OPEN]


class FeedbackForm(forms.Form):
    """An opinion that was heard."""

    tone = forms.ChoiceField(
        label=pgettext_lazy("feedback", "Tone"), choices=Tone.choices, widget=forms.RadioSelect
    )
    text = lines(_("Opinion"), rows=2)
    channel = forms.CharField(
        label=_("Channel"), max_length=40, widget=forms.TextInput(attrs={"list": "channels"})
    )
    place = forms.ChoiceField(label=pgettext_lazy("feedback", "Said"), choices=Place.choices)
    count = forms.IntegerField(label=_("How many said so"), min_value=1, max_value=100_000, initial=1)
    day = day(_("Date"), required=True)


class WeeklyForm(SeenForm):
    """The parts of the weekly report, drafted from the dailies."""

    summary = lines(_("Done this week"), rows=6, required=False)
    milestones = lines(_("Milestones of the week"), rows=4, required=False)
    budget = lines(_("Budget use"), rows=3, required=False)
    feedback = lines(_("Feedback"), rows=3, required=False)
    problems = lines(_("Open problems"), rows=4, required=False)
    outlook = lines(_("Next week"), rows=4, required=False)

    def parts(self) -> dict[str, str]:
        return {part: self.cleaned_data[part] for part in WeeklyReport.PARTS}


class AnswerForm(forms.Form):
    """What a department answers."""

    state = forms.ChoiceField(label=_("Answer"), choices=ANSWERS, widget=forms.RadioSelect)
    answer = lines(_("Answer in words"), rows=2)


class RecurringForm(forms.Form):
    """A report that a department owes again and again."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Department"), empty_label=None)
    name = forms.CharField(label=pgettext_lazy("report", "Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=ReportKind.choices)
    author = forms.ModelChoiceField(User.objects.none(), label=_("Writes it"))
    recipients = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Recipients"),
        widget=forms.SelectMultiple(attrs={"data-pick": "", "size": 6}),
    )
    every = forms.ChoiceField(label=_("Rhythm"), choices=Every.choices, initial=Every.MONTH)
    day = forms.IntegerField(
        label=_("Due on day"),
        min_value=1,
        max_value=28,
        initial=5,
        help_text=_("1 is Monday, or the first of the month"),
    )

    def __init__(
        self, *args: Any, units: Any, people: Any, report: RecurringReport | None = None, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {}
        if report:
            names = ("name", "kind", "author", "every", "day")
            initial = {name: getattr(report, name) for name in names}
            initial |= {"unit": report.subject.unit_id, "recipients": list(report.recipients.all())}
        super().__init__(*args, **{"initial": initial, **kwargs})
        fields: Any = self.fields
        fields["unit"].queryset = units
        fields["unit"].disabled = report is not None
        fields["author"].queryset = fields["recipients"].queryset = people


class SendForm(forms.Form):
    """A report of a department, in words and perhaps with a file."""

    text = lines(_("Report"), rows=10)
    file = forms.FileField(label=pgettext_lazy("report", "File"), required=False)
