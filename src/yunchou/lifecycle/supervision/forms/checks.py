"""Forms of checks, reports of supervision, reports of misconduct, and the code of conduct."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.rulebook.models import Regulation
from yunchou.directory.organisation.forms import PersonField, day_field
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.discussion.forms import FilesField
from yunchou.kernel.identity.models import User

from ..actions.conduct import Broken
from ..checklists import Point
from ..models import Answer, Field, Mode, TipKind


def _area(label: Any, rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class CheckForm(forms.Form):
    """What was looked at live or by inspection; with a `kind` of activity, the checklist of legality and honesty."""

    mode = forms.ChoiceField(label=pgettext_lazy("check", "How"), choices=[*Mode.choices[:2]])
    field = forms.ChoiceField(label=_("Field"), choices=Field.choices)
    on = day_field(pgettext_lazy("check", "On"))
    text = _area(pgettext_lazy("supervision", "What was seen"))

    def __init__(self, *args: Any, points: tuple[Point, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = points
        if not points:
            return
        del self.fields["mode"], self.fields["field"]
        text = self.fields.pop("text")
        for point in points:
            self.fields[f"point_{point.key}"] = forms.ChoiceField(
                label=str(point.text), choices=Answer.choices, widget=forms.RadioSelect
            )
            self.fields[f"note_{point.key}"] = forms.CharField(
                label=pgettext_lazy("checklist", "What is not in order"), max_length=300, required=False
            )
        text.label = pgettext_lazy("check", "Summary")
        self.fields["text"] = text

    def rows(self) -> list[tuple[Any, Any]]:
        """The points with their notes, as a page shows them."""
        return [(self[f"point_{point.key}"], self[f"note_{point.key}"]) for point in self.points]

    def answers(self) -> dict[str, tuple[str, str]]:
        """What `record_check` takes."""
        given = self.cleaned_data
        return {point.key: (given[f"point_{point.key}"], given[f"note_{point.key}"]) for point in self.points}


class ReportForm(forms.Form):
    text = _area(pgettext_lazy("supervision", "Report"), 18)


class TipForm(forms.Form):
    """Anybody's report of misconduct."""

    kind = forms.ChoiceField(
        label=_("What it is about"), choices=TipKind.choices, widget=forms.RadioSelect, initial=TipKind.FRAUD
    )
    text = _area(_("What happened, where and when"), 6)
    about: Any = forms.ModelChoiceField(label=_("Activity"), queryset=None, required=False)
    accused = PersonField(label=_("Whom it concerns"), required=False)
    uploads = FilesField(label=_("Files"), required=False)
    is_anonymous = forms.BooleanField(
        label=_("Without my name: nobody can tell that it was me, and nobody can ask me back"), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about: Any = self.fields["about"]
        about.queryset = visible_subjects(user).filter(kind="campaign").order_by("-pk")


class ResultForm(forms.Form):
    """What came of a report of misconduct."""

    verdict = forms.ChoiceField(
        label=_("Is it confirmed?"),
        choices=[("upheld", _("Yes, it happened")), ("unfounded", _("No, it did not"))],
        widget=forms.RadioSelect,
    )
    result = _area(_("What came of it; the reporter reads this"), 5)


class RoundForm(forms.Form):
    """Asking everybody for the code of conduct."""

    regulation = forms.ModelChoiceField(label=_("Controlled document"), queryset=Regulation.objects.all())
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    due_on = day_field(_("To be acknowledged by"))


class BreachForm(forms.Form):
    person = PersonField(label=pgettext_lazy("breach", "Person"))
    clause = forms.CharField(label=pgettext_lazy("breach", "Clause"), max_length=60)
    on = day_field(pgettext_lazy("check", "On"))
    text = _area(pgettext_lazy("supervision", "What happened"))
    measure = _area(pgettext_lazy("breach", "Consequence"), 3)

    def broken(self, source: Any = None) -> Broken:
        """What the action takes."""
        return Broken(**self.cleaned_data, source=source)


class StatementForm(forms.Form):
    text = _area(pgettext_lazy("breach", "Your statement"), 5)
