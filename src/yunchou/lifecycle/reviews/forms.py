"""What people fill in about evaluations and retrospectives."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .models import Retrospective, Roi
from .selectors import sales_of, wanted_at_meeting


def _money(label: Any, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=hint, required=False, min_value=0, max_digits=16, decimal_places=2
    )


class GainForm(forms.Form):
    """Sales as far as they are known; what nobody knows stays empty."""

    gross_sales = _money(_("Gross sales"), _("All sales of the period"))
    baseline = _money(_("Baseline sales"), _("Sales to be expected without the campaign"))
    attributed_gain = _money(_("Attributed sales"), _("Orders with leads of this campaign"))
    assumptions = forms.CharField(
        label=_("How baseline and attribution were found"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        sales, roi = sales_of(subject), Roi.objects.filter(subject=subject).first()
        initial = {
            "gross_sales": sales.gross,
            "baseline": sales.baseline,
            "attributed_gain": sales.attributed,
            "assumptions": roi.assumptions if roi else "",
        }
        super().__init__(*args, **{"initial": initial, **kwargs})


class MeetingForm(forms.Form):
    """The meeting: its day, who was asked, who came."""

    held_on = forms.DateField(
        label=_("Held on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    invited = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Invited"),
        help_text=_("The executing team, sales and customer service"),
        widget=forms.CheckboxSelectMultiple,
    )
    present = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Present"), required=False, widget=forms.CheckboxSelectMultiple
    )
    notes = forms.CharField(
        label=_("Minutes of the meeting"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, subject: Subject, held: Retrospective | None, **kwargs: Any) -> None:
        wanted = wanted_at_meeting(subject)
        ids = [person.pk for person in wanted]
        initial: dict[str, Any] = {"invited": ids}
        if held and held.held_on:
            known = list(held.invitees.values_list("user_id", "is_present"))
            ids += [pk for pk, _came in known]
            initial = {
                "held_on": held.held_on,
                "notes": held.notes,
                "invited": [pk for pk, _came in known],
                "present": [pk for pk, came in known if came],
            }
        super().__init__(*args, **{"initial": initial, **kwargs})
        people = User.objects.filter(pk__in=ids).order_by("name_pinyin")
        for name in ("invited", "present"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]


class ResultForm(forms.Form):
    """What came of an action."""

    result = forms.CharField(
        label=_("What came of it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class VerifyForm(forms.Form):
    """Whether an action had its effect."""

    verification = forms.CharField(
        label=_("How it was verified"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_effective = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("1", _("It had its effect")), ("0", _("Not yet, send back"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="1",
    )
