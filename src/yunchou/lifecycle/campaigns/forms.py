"""What people type about campaigns."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation.forms import PersonField, UnitField
from yunchou.kernel.core import clock
from yunchou.lifecycle.planning.models import Item as PlanItem

from .categories import categories
from .listing import Filters
from .models import Kind, Status


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class NewCampaignForm(forms.Form):
    """The few facts that a draft begins with; everything else is written on its pages."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Kind.choices,
        help_text=_("Decides the mandatory parts and the approval route."),
    )
    audience = forms.ChoiceField(
        label=_("Audience category"),
        required=False,
        help_text=_("Decides who may be invited; a targeted campaign always names one."),
    )
    unit = UnitField(label=_("Organisation unit"))
    owner = PersonField(label=_("Overall lead"))
    start_on = forms.DateField(label=_("Start"), widget=DateInput)
    end_on = forms.DateField(label=_("End"), widget=DateInput)
    expected_people = forms.IntegerField(
        label=_("Expected attendance"), required=False, min_value=0, max_value=10_000_000
    )
    plan_item = forms.CharField(
        label=_("Plan item"),
        required=False,
        max_length=120,
        help_text=_("The item of the approved plan it belongs to."),
    )
    plan_item_ref = forms.ModelChoiceField(
        queryset=PlanItem.objects.none(), required=False, widget=forms.HiddenInput
    )
    out_of_plan_reason = forms.CharField(
        label=_("Why outside the plan"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where there is no plan item: local development, sales, service or community."),
    )
    is_cross_department = forms.BooleanField(label=_("Needs company-level coordination"), required=False)
    is_brand_related = forms.BooleanField(label=_("Directly brand-related"), required=False)
    is_strategic = forms.BooleanField(label=_("Strategic activity"), required=False)

    def __init__(self, *args: Any, items: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audience: Any = self.fields["audience"]
        audience.choices = [("", "—"), *((one.key, one.name) for one in categories().values() if one.is_used)]
        if items is not None:
            self.fields["plan_item_ref"].queryset = items  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        start, end = values.get("start_on"), values.get("end_on")
        if start and end and end < start:
            self.add_error("end_on", _("The end lies before the start."))
        if values.get("kind") == Kind.TARGETED and not values.get("audience"):
            self.add_error("audience", _("Say whom the targeted campaign addresses."))
        return values


class NoteForm(forms.Form):
    """A remark, or a reason where `is_needed`."""

    note = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, is_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = is_needed
        if not is_needed:
            self.fields["note"].label = _("Note to the approvers")


class RedateForm(forms.Form):
    """Another start for the whole campaign."""

    start_on = forms.DateField(label=_("New start"), widget=DateInput)


class SmartForm(forms.Form):
    """The three of the SMART criteria that only a person can confirm (R-GOA-01)."""

    is_specific = forms.BooleanField(label=_("Specific"), required=False)
    is_attainable = forms.BooleanField(label=_("Attainable"), required=False)
    is_relevant = forms.BooleanField(label=_("Relevant"), required=False)


class PrinciplesForm(forms.Form):
    """The four principles of a high-end event (TYP-11)."""

    client_oriented = forms.BooleanField(label=_("Client-oriented"), required=False)
    professional = forms.BooleanField(label=_("Professional"), required=False)
    safe = forms.BooleanField(label=_("Safe"), required=False)
    cost_effective = forms.BooleanField(label=_("Cost-effective"), required=False)


class FilterForm(forms.Form):
    """The filters of the list as a form; what cannot be read does not filter."""

    q = forms.CharField(label=_("Name, code, pinyin, initials"), required=False, max_length=80)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Any")), *Status.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *Kind.choices])
    audience = forms.RegexField(
        r"^[a-z0-9_-]{1,12}$", label=_("Audience category"), required=False, widget=forms.Select
    )
    unit = UnitField(label=_("Organisation unit"), required=False)
    owner = PersonField(label=_("Overall lead"), required=False)
    ends_from = forms.RegexField(
        r"^20\d\d-(0[1-9]|1[0-2])$",
        label=_("Ends from"),
        required=False,
        widget=forms.TextInput({"type": "month"}),
    )
    ends_to = forms.RegexField(
        r"^20\d\d-(0[1-9]|1[0-2])$",
        label=_("Ends until"),
        required=False,
        widget=forms.TextInput({"type": "month"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Those that are no longer offered too: campaigns have them.
        known: list[tuple[str, Any]] = [
            ("", _("Any")),
            *((key, one.name) for key, one in categories().items()),
        ]
        asked = str(self.data.get("audience", ""))
        if asked and asked not in dict(known):
            known.append((asked, asked))
        self.fields["audience"].widget.choices = known

    @property
    def filters(self) -> Filters:
        """What was asked for and could be read."""
        self.full_clean()
        read: Mapping[str, Any] = getattr(self, "cleaned_data", {})
        return Filters(
            words=read.get("q", ""),
            status=read.get("status", ""),
            kind=read.get("kind", ""),
            audience=read.get("audience", ""),
            unit=read.get("unit") or None,
            owner=read.get("owner"),
            ends_from=_month(read.get("ends_from", "")),
            ends_to=_month(read.get("ends_to", ""), last=True),
        )


def _month(text: str, *, last: bool = False) -> date | None:
    if not text:
        return None
    year, month = int(text[:4]), int(text[5:])
    return date(year, month, monthrange(year, month)[1] if last else 1)


def asked_month(text: str) -> date:
    """The first day of the month `2024-08`, or of the present one."""
    try:
        year, month = map(int, text.split("-"))
        return date(year, month, 1)
    except ValueError:
        return clock.today().replace(day=1)
