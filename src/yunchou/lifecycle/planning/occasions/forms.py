"""What people type about occasions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.organisation.forms import day_field
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.calendar.days import WEEKDAYS
from yunchou.kernel.calendar.lunar import SOLAR_TERMS
from yunchou.kernel.identity.models import Unit, User

from ..models.occasions import Occasion, Promotion, RuleKind
from ..permissions import Perm
from .rules import Rule

WHICH = (
    (1, _("first")),
    (2, _("second")),
    (3, _("third")),
    (4, _("fourth")),
    (5, _("fifth")),
    (-1, pgettext_lazy("weekday of a month", "last")),
)
RULE = ("kind", "month", "day", "nth", "weekday", "term", "start_on", "end_on")
EMPTY: tuple[tuple[str, Any], ...] = (("", "—"),)


def companies_for(user: User) -> QuerySet[Unit]:
    """The companies whose occasions the person keeps."""
    kept = units_with(user, Perm.OCCASIONS)
    return kept.filter(kind__in=(Unit.Kind.GROUP, Unit.Kind.REGION), is_active=True)


def _number(label: Any, choices: Any, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=(*EMPTY, *choices), coerce=int, empty_value=None, required=False, **options
    )


class OccasionForm(forms.Form):
    """An occasion: which of the fields of the rule are needed is said by its kind."""

    name = forms.CharField(label=_("Name"), max_length=60)
    promotion = forms.ChoiceField(
        label=_("Kind of promotion"), choices=(*EMPTY, *Promotion.choices), required=False
    )
    kind = forms.ChoiceField(label=_("When"), choices=RuleKind.choices, initial=RuleKind.DATES)
    month = _number(_("Month"), MONTHS.items(), help_text=_("Of the lunar calendar for lunar days."))
    day = forms.IntegerField(
        label=pgettext_lazy("of a month", "Day"), min_value=1, max_value=31, required=False
    )
    nth = _number(pgettext_lazy("weekday of a month", "Which"), WHICH)
    weekday = _number(_("Weekday"), enumerate(WEEKDAYS))
    term = forms.ChoiceField(label=_("Solar term"), choices=(*EMPTY, *SOLAR_TERMS.items()), required=False)
    start_on = day_field(_("First day"), required=False)
    end_on = day_field(_("Last day"), required=False)
    before = forms.IntegerField(label=_("Days before"), min_value=0, max_value=60, initial=0)
    after = forms.IntegerField(label=_("Days after"), min_value=0, max_value=60, initial=0)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, occasion: Occasion | None = None, **kwargs: Any) -> None:
        if occasion:
            names = ("name", "promotion", *RULE, "before", "after", "note")
            kwargs["initial"] = {**{n: getattr(occasion, n) for n in names}, "unit": occasion.unit_id}
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ModelChoiceField(companies_for(user), label=_("For"), empty_label=None)
        self.order_fields(["name", "unit", "promotion"])

    def what(self) -> dict[str, Any]:
        """What `keep_occasion` takes."""
        read = dict(self.cleaned_data)
        return {
            **{n: v for n, v in read.items() if n not in RULE},
            "rule": Rule(**{n: read[n] for n in RULE}),
        }
