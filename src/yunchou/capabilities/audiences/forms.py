"""Forms of segments and target lists; their conditions are a `Builder` beside them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Channel
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.ui.seen import SeenForm

from . import selectors
from .actions import NAME, QUIET, STRATEGY, Source
from .models import Segment, TargetList
from .permissions import Perm


class SegmentForm(SeenForm):
    name = forms.CharField(label=_("Name of the segment"), max_length=NAME)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=pgettext_lazy("segment", "Unit it is for"))
    strategy = forms.CharField(
        label=_("Marketing strategy"), max_length=STRATEGY, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, data: Any, *, user: User, segment: Segment | None = None, seen: str = "") -> None:
        initial = {"name": segment.name, "strategy": segment.strategy, "seen": seen} if segment else {}
        super().__init__(data, initial=initial)
        if segment:
            del self.fields["unit"]
        else:
            units = units_with(user, Perm.KEEP).exclude(kind=Unit.Kind.DEPARTMENT)
            self.fields["unit"].queryset = units  # type: ignore[attr-defined]
            self.fields["unit"].initial = units.first()


class ListForm(SeenForm):
    name = forms.CharField(label=pgettext_lazy("audience", "Name of the list"), max_length=NAME)
    channel = forms.ChoiceField(
        label=_("Channel of contact"),
        choices=Channel.choices,
        help_text=_("Only those who agreed to marketing by it are chosen."),
    )
    quiet_days = forms.IntegerField(
        label=_("Not invited again within (days)"), min_value=0, max_value=QUIET, required=False,
        help_text=_("0: invitations of other activities do not matter."),
    )  # fmt: skip
    added = forms.MultipleChoiceField(
        label=_("Add segments and lists"), required=False, widget=forms.SelectMultiple({"data-pick": ""})
    )
    taken_out = forms.MultipleChoiceField(
        label=_("Take segments and lists out"), required=False, widget=forms.SelectMultiple({"data-pick": ""})
    )

    def __init__(self, data: Any, *, user: User, target: TargetList | None = None, seen: str = "") -> None:
        initial: dict[str, Any] = {"channel": Channel.ANY, "quiet_days": 0}
        if target:
            parts = list(target.parts.all())
            initial = {
                "name": target.name, "channel": target.channel, "quiet_days": target.quiet_days, "seen": seen,
                "added": [_key_of(part) for part in parts if not part.is_taken_out],
                "taken_out": [_key_of(part) for part in parts if part.is_taken_out],
            }  # fmt: skip
        super().__init__(data, initial=initial)
        self.sources: dict[str, Source] = {
            **{f"segment:{one.pk}": one for one in Segment.objects.living().visible_to(user)},
            **{f"list:{one.pk}": one for one in selectors.usable_lists(user, [target.pk] if target else [])},
        }
        choices = [(key, _shown(one)) for key, one in self.sources.items()]
        for name in ("added", "taken_out"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_quiet_days(self) -> int:
        return self.cleaned_data["quiet_days"] or 0

    def chosen(self, name: str) -> list[Source]:
        """The segments and lists that were chosen in a field."""
        return [self.sources[key] for key in self.cleaned_data.get(name, ()) if key in self.sources]


def _key_of(part: Any) -> str:
    return f"segment:{part.segment_id}" if part.segment_id else f"list:{part.earlier_id}"


def _shown(one: Source) -> str:
    return one.name if isinstance(one, Segment) else f"{one.subject.title} · {one.name}"
