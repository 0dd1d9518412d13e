"""Forms of screens, polls and draws."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.forms.shared import text, words, yuan
from yunchou.capabilities.preparation.models import StockItem
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.forms.guests import moment, shown
from yunchou.lifecycle.events.forms.pickers import GuestsField
from yunchou.lifecycle.events.models import Session

from .actions.draws import Terms, Won, items_for
from .models import Draw, Poll, PollKind, Who

PRIZES: Final = (1, 2, 3, 4, 5)
"""How many prizes one form sets."""


class ScreenForm(forms.Form):
    """A screen's name and how long its link works: until three hours after the last session, unless said otherwise."""

    name = text(pgettext_lazy("wall", "Screen"), 40)
    expires_at = moment(_("Works until"))

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = clock.now()
        ends = Session.objects.filter(subject=subject, removed_at=None).values_list("ends_at", flat=True)
        last = max((end for end in ends if now < end < now + timedelta(days=29)), default=now)
        self.fields["expires_at"].initial = shown(last + timedelta(hours=3))


class PollForm(forms.Form):
    """A question and its choices, one a line."""

    question = text(pgettext_lazy("poll", "Question"), 120)
    kind = forms.ChoiceField(label=pgettext_lazy("poll", "Kind of answer"), choices=PollKind.choices)
    options = words(
        pgettext_lazy("poll", "Choices"),
        5,
        400,
        required=False,
        help_text=_("One a line; a mark needs none."),
    )
    in_hall = forms.BooleanField(
        label=_("Let the hall answer by a code on the wall"),
        required=False,
        help_text=_(
            "Also without an invitation: one answer for each device, which is not one for each person."
        ),
    )

    def __init__(self, *args: Any, poll: Poll | None = None, **kwargs: Any) -> None:
        if poll is not None:
            kwargs["initial"] = {
                "question": poll.question,
                "kind": poll.kind,
                "options": "\n".join(poll.options),
                "in_hall": poll.in_hall,
            }
        super().__init__(*args, **kwargs)

    def clean_options(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]


class DrawForm(forms.Form):
    """A draw with its prizes, the highest first."""

    title = text(pgettext_lazy("draw", "Name"), 60)
    who = forms.ChoiceField(label=pgettext_lazy("draw", "Who takes part"), choices=Who.choices)
    poll = forms.ModelChoiceField(
        Poll.objects.none(), label=pgettext_lazy("draw", "Poll"), required=False, empty_label="—"
    )
    picked = GuestsField(
        label=pgettext_lazy("draw", "Guests on the list"),
        required=False,
        help_text=_("For “Guests on a list”. Only a digest of the list is told in public."),
    )
    rule = words(
        pgettext_lazy("draw", "Rule"), 2, 300, help_text=_("Who wins what, and how it is handed out.")
    )
    source = text(
        _("Where the public number comes from"),
        120,
        help_text=_(
            "What nobody knows before the entries are closed: a closing index, a number called by the hall."
        ),
    )

    def __init__(
        self, *args: Any, subject: Subject, user: User, draw: Draw | None = None, **kwargs: Any
    ) -> None:
        if draw is not None:
            initial = {name: getattr(draw, name) for name in ("title", "who", "poll", "rule", "source")}
            initial["picked"] = list(draw.picked.all())
            for n, prize in enumerate(draw.prizes.all(), 1):
                initial |= {f"prize_{n}": prize.name, f"number_{n}": prize.number, f"value_{n}": prize.value}
                initial[f"stock_{n}"] = prize.stock_id
            kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        poll: Any = self.fields["poll"]
        poll.queryset = Poll.objects.filter(subject=subject)
        fields: Any = self.fields
        fields["picked"].of(subject)
        # Read once for all prizes; what may be chosen is asked again by the action.
        kept, own = _stock_for(user, draw)
        self.stock = {str(one.pk): one for one in [*kept, *own]}
        items = [
            ("", "—"),
            *((str(one.pk), f"{one.name} · {one.quantity.normalize():f} {one.measure}") for one in kept),
            *((str(one.pk), one.name) for one in own),
        ]
        for n in PRIZES:
            first = n == 1
            self.fields[f"prize_{n}"] = text(_("Prize %(n)s") % {"n": n}, 60, required=first)
            self.fields[f"stock_{n}"] = forms.ChoiceField(
                label=_("Out of the stock"),
                choices=items,
                required=False,
                widget=forms.Select({"data-pick": ""}),
            )
            self.fields[f"number_{n}"] = forms.IntegerField(
                label=_("How many"), min_value=1, max_value=10_000, required=first
            )
            self.fields[f"value_{n}"] = yuan(_("Worth in yuan"), required=first)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for n in PRIZES[1:]:
            parts = {name: given.get(f"{name}_{n}") for name in ("prize", "number", "value")}
            if given.get(f"stock_{n}") or any(part not in (None, "") for part in parts.values()):
                for name, part in parts.items():
                    if part in (None, "") and f"{name}_{n}" not in self.errors:
                        self.add_error(f"{name}_{n}", _("Please fill this in."))
        return given

    @property
    def terms(self) -> Terms:
        """What the action is told."""
        return Terms(
            **{name: self.cleaned_data[name] for name in ("title", "rule", "who", "source", "poll")},
            picked=tuple(self.cleaned_data["picked"]),
        )

    @property
    def prizes(self) -> list[Won]:
        given = self.cleaned_data
        return [
            Won(
                given[f"prize_{n}"],
                given[f"value_{n}"] or Decimal(0),
                given[f"number_{n}"],
                self.stock.get(given[f"stock_{n}"]),
            )
            for n in PRIZES
            if given.get(f"prize_{n}")
        ]


def _stock_for(user: User, draw: Draw | None) -> tuple[list[StockItem], list[StockItem]]:
    """What may be a prize: what the person may take, and what this draw has besides, be it seen by the person or not."""
    kept = list(items_for(user).order_by("name", "pk"))
    ids = {prize.stock_id for prize in draw.prizes.all() if prize.stock_id} if draw else set()
    own = StockItem.objects.filter(pk__in=ids - {one.pk for one in kept})
    return kept, list(own.order_by("name", "pk"))


class PublicNumberForm(forms.Form):
    """What nobody could know before."""

    public_value = text(_("Public number"), 60)
