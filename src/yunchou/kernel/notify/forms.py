"""When a person is told, and the robots of group chats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.rooms import by_room
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import Unit, User

from .models import Rhythm
from .permissions import Perm
from .registry import group_kinds
from .rhythm import Hours, Pace


class RhythmForm(forms.ModelForm[Rhythm]):
    """When to hear, outside the application, of what can wait."""

    class Meta:
        model = Rhythm
        fields = ("pace", "daily_at", "quiet_from", "quiet_until", "only_working_days")
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("daily_at", "quiet_from", "quiet_until")
        }
        help_texts = {"quiet_until": _("Nothing is sent in between, except what cannot wait.")}

    def as_hours(self) -> Hours:
        return Hours(**{**self.cleaned_data, "pace": Pace(self.cleaned_data["pace"])})


class OwnRobotForm(forms.Form):
    """A robot that tells one person."""

    name = forms.CharField(label=pgettext_lazy("robot", "Name"), max_length=60)
    address = forms.CharField(
        label=_("Webhook address"),
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("As WeCom, DingTalk or Feishu shows it when the robot is added to the group"),
    )
    sign = forms.CharField(
        label=_("Signing key"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Only DingTalk, where the robot is set to ask for a signature; begins with SEC"),
    )


class KindsForm(forms.Form):
    """What a group hears, and in which language."""

    name = forms.CharField(label=pgettext_lazy("robot", "Name"), max_length=60)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    kinds = forms.MultipleChoiceField(label=_("The group hears of"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kinds"]
        rooms = by_room(group_kinds())
        field.choices = [(room, [(one.key, one.label) for one in kinds]) for room, kinds in rooms]


class GroupRobotForm(KindsForm, OwnRobotForm):
    """A robot that tells the group of a unit."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), help_text=_("With all units below it")
    )
    field_order = ("unit", "name", "address", "sign", "language", "kinds")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_with(user, Perm.ROBOTS).filter(is_active=True)
        field: Any = self.fields["unit"]
        field.queryset = units.select_related("parent").order_by("path")
        field.label_from_instance = _with_company
        field.empty_label = ""


def _with_company(unit: Unit) -> str:
    """A unit as one tells it apart: every region has a department of marketing."""
    return f"{unit.parent} / {unit}" if unit.parent and unit.parent.parent_id else str(unit)
