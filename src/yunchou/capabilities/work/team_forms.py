"""What people fill in about a team, its standard, and finished work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.organisation.forms import PersonField
from yunchou.directory.organisation.models import DepartmentKind
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from .actions.standards import MOST_PEOPLE, PartFields, StandardHead
from .actions.team import Contact, Place
from .models import Outsider, StandardPart, TeamStandard, Tier
from .models.team import DUTY, PART
from .occasions import kind_choices
from .permissions import Perm
from .team import Proposed, Someone, standard_for

PLACES = [Tier.MODULE_LEAD, Tier.EXECUTOR]


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, as a list."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        one = super().clean
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not given and self.required:
            one(None, initial)
        return [one(each, initial) for each in given]


# ---------------------------------------------------------------- finished work


class HandInForm(forms.Form):
    """What was done, and what shows it."""

    note = forms.CharField(
        label=_("What was done"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = FilesField(label=_("Evidence"), required=False)
    evidence.is_wide = True  # type: ignore[attr-defined]

    def __init__(self, *args: Any, needs_files: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].required = needs_files
        self.fields["evidence"].error_messages["required"] = _(
            "Attach what shows that the delivery standard is met."
        )
        self.fields["evidence"].help_text = (
            _("Photos, papers, tables: what shows that the delivery standard is met")
            if needs_files
            else _("There is no delivery standard; files are welcome")
        )


class DecideForm(forms.Form):
    """Whether the delivery standard is met; what is missing is asked for where it is not."""

    reason = forms.CharField(
        label=_("What is missing"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


# ---------------------------------------------------------------- the team


def _duty() -> forms.CharField:
    field = forms.CharField(
        label=pgettext_lazy("team", "Duties"),
        max_length=DUTY,
        help_text=_("Of a module lead the modules first, several with 、"),
    )
    field.is_wide = True  # type: ignore[attr-defined]
    return field


class _PartField(forms.CharField):
    """A part of the team's standard, typed or chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=pgettext_lazy("team", "Part"), max_length=PART, required=False, **options)


class _Placed(forms.Form):
    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standard = standard_for(subject)
        names = [part.name for part in standard.parts.all()] if standard else []
        held = str((kwargs.get("initial") or {}).get("part") or "")
        if held and held not in names:
            names.append(held)
        if names:
            choices = [("", _("No part of the standard")), *((name, name) for name in names)]
            self.fields["part"] = forms.ChoiceField(
                label=self.fields["part"].label, choices=choices, required=False
            )

    def as_place(self) -> Place:
        """What was filled in of the place in the team."""
        data = self.cleaned_data
        return Place(data["tier"], data["duty"], data.get("part", ""))


class PersonForm(_Placed):
    """A colleague in the team."""

    user = PersonField(label=_("Person"))
    tier = forms.ChoiceField(
        label=_("Tier"), choices=[(tier.value, tier.label) for tier in PLACES], initial=Tier.EXECUTOR
    )
    part = _PartField()
    duty = _duty()

    def __init__(self, *args: Any, one: Someone | None = None, **kwargs: Any) -> None:
        if one is not None:
            kwargs["initial"] = {"user": one.user, "tier": one.tier, "duty": one.duty, "part": one.part}
        super().__init__(*args, **kwargs)
        if one is not None:
            del self.fields["user"]
        if one is not None and one.tier == Tier.LEAD:
            self.fields["tier"] = forms.ChoiceField(
                label=_("Tier"), choices=[(Tier.LEAD.value, Tier.LEAD.label)], initial=Tier.LEAD
            )


class LeadForm(forms.Form):
    """Who leads the whole."""

    user = PersonField(label=_("Overall lead"))
    duty = forms.CharField(label=pgettext_lazy("team", "Duties"), max_length=DUTY, required=False)


class OutsiderForm(_Placed):
    """Somebody of another company."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    company = forms.CharField(label=pgettext_lazy("team", "Company"), max_length=80)
    contact = forms.CharField(
        label=pgettext_lazy("team", "Contact"),
        max_length=80,
        help_text=_("Telephone or e-mail; only the team sees it"),
    )
    tier = forms.ChoiceField(
        label=_("Tier"), choices=[(tier.value, tier.label) for tier in PLACES], initial=Tier.EXECUTOR
    )
    part = _PartField()
    duty = _duty()

    def __init__(self, *args: Any, outsider: Outsider | None = None, **kwargs: Any) -> None:
        if outsider is not None:
            kwargs["initial"] = {name: getattr(outsider, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def as_contact(self) -> Contact:
        """Who it is, and how to be reached."""
        data = self.cleaned_data
        return Contact(data["name"], data["company"], data["contact"])


class FormTeamForm(forms.Form):
    """People for each part of a standard."""

    def __init__(self, *args: Any, found: Sequence[Proposed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        for one in found:
            self.fields[self._name(one)] = forms.ModelMultipleChoiceField(
                User.objects.active().filter(pk__in=[user.pk for user in (*one.people, *one.chosen)]),
                label=one.part.name,
                required=False,
                initial=[user.pk for user in one.chosen],
                help_text=one.part.duties,
                widget=forms.SelectMultiple({"data-pick": ""}),
            )
            self.fields[self._name(one)].choices = [(user.pk, user.name) for user in one.people]  # type: ignore[attr-defined]

    @staticmethod
    def _name(one: Proposed) -> str:
        return f"part_{one.part.pk}"

    def rows(self) -> list[tuple[StandardPart, forms.BoundField]]:
        """Each part with its field."""
        return [(one.part, self[self._name(one)]) for one in self.found]

    def chosen(self) -> dict[int, list[User]]:
        """People by the id of the part."""
        return {one.part.pk: list(self.cleaned_data[self._name(one)]) for one in self.found}


# ---------------------------------------------------------------- standards


class StandardForm(forms.Form):
    """What a standard is called and for whom it holds."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Unit"),
        required=False,
        empty_label=_("The whole company"),
        help_text=_("A unit's own standard goes before that of the units above"),
    )
    description = forms.CharField(
        label=_("Description"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, user: User, standard: TeamStandard | None = None, **kwargs: Any) -> None:
        if standard is not None:
            kwargs["initial"] = {name: getattr(standard, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        units = units_with(user, Perm.STANDARDS).filter(is_active=True).order_by("path")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def as_head(self) -> StandardHead:
        """What was filled in."""
        data = self.cleaned_data
        return StandardHead(data["name"], data["kind"], data["unit"], data["description"])


class PartForm(forms.Form):
    """One part of a team."""

    name = forms.CharField(label=pgettext_lazy("team", "Part"), max_length=PART)
    people = forms.IntegerField(
        label=pgettext_lazy("count", "People"), min_value=1, max_value=MOST_PEOPLE, initial=1
    )
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices, initial=Tier.EXECUTOR)
    department = forms.ChoiceField(
        label=_("Department"), choices=[("", _("Any department")), *DepartmentKind.choices], required=False
    )
    duties = forms.CharField(
        label=pgettext_lazy("team", "Duties"), max_length=DUTY, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, part: StandardPart | None = None, **kwargs: Any) -> None:
        if part is not None:
            kwargs["initial"] = {name: getattr(part, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def as_fields(self) -> PartFields:
        """What was filled in."""
        return PartFields(**self.cleaned_data)
