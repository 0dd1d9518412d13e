"""What people type about goals: the indicators of one, and what a campaign is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.metrics.catalogue import CATALOGUE
from yunchou.capabilities.metrics.figures import shown
from yunchou.directory.customers.models import Identity, Stage
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.forms import Suggested
from yunchou.kernel.sheets.grammar import read_figures
from yunchou.kernel.sheets.values import SIGN, Change, Comparator, Figure, decimal_text
from yunchou.kernel.ui.seen import SeenForm

from .actions.audiences import Meant, audience_stamp
from .aim_models import Aim
from .aims import Entry, Scene, occasions_around, offered, stages_offered
from .categories import Category
from .models import Campaign

MOST: Final = 12
"""How many indicators one goal may have on the page."""
UNITS: Final = ("次", "人", "个", "条", "篇", "件", "%", "元", "分")
SIGNS: Final = ((">=", SIGN[">="]), ("<=", SIGN["<="]), ("=", SIGN["="]), (">", SIGN[">"]), ("<", SIGN["<"]))
KINDS: Final = (
    ("", _("Absolute value")),
    ("up", _("Growth against a base")),
    ("down", _("Decline against a base")),
)


class TextForm(forms.Form):
    """Targets as people write them, to be read into indicators."""

    text = forms.CharField(
        label=_("Read from a text"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line or with commas between: 曝光量≥500万，搜索量较2023年Q3增长30%"),
    )

    def figures(self) -> list[Figure]:
        """What can be read; a line in which no number is found becomes an error."""
        found: list[Figure] = []
        if not self.is_valid():
            return found
        for line in self.cleaned_data["text"].splitlines():
            if not line.strip():
                continue
            read = read_figures(line)
            found += read
            if not read:
                said = gettext("No single number can be read from “%(given)s”.") % {
                    "given": line.strip()[:60]
                }
                self.add_error("text", said)
        if not found and not self.errors:
            self.add_error("text", gettext("There is nothing to read."))
        return found


class IndicatorForm(forms.Form):
    """One indicator: its name, what it is compared by, number and unit, and what growth is measured against."""

    use_required_attribute = False

    label = forms.CharField(
        label=_("Indicator"),
        max_length=80,
        widget=Suggested([one.name for one in CATALOGUE]),
    )
    comparator = forms.ChoiceField(label=pgettext_lazy("indicator", "Comparison"), choices=SIGNS)
    value = forms.DecimalField(
        label=pgettext_lazy("indicator", "Number"), min_value=0, max_digits=18, decimal_places=4,
        widget=forms.TextInput({"inputmode": "decimal", "class": "num"}),
    )  # fmt: skip
    unit = forms.CharField(
        label=pgettext_lazy("indicator", "Unit"), max_length=6, required=False, widget=Suggested(UNITS)
    )
    change = forms.ChoiceField(label=pgettext_lazy("indicator", "Counts as"), choices=KINDS, required=False)
    base = forms.CharField(
        label=_("Base period"), max_length=40, required=False, help_text=_("Such as 2023年Q3 or 同比")
    )
    base_value = forms.DecimalField(
        label=_("Base value"), min_value=0, max_digits=18, decimal_places=4, required=False,
        widget=forms.TextInput({"inputmode": "decimal", "class": "num"}),
    )  # fmt: skip

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed; such a row is left out."""
        said = ("label", "value", "unit", "base", "base_value")
        return self.is_bound and not any((self[name].value() or "").strip() for name in said)

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        if not read.get("change") and (read.get("base") or read.get("base_value") is not None):
            self.add_error("base", _("Only growth and decline have a base."))
        if read.get("base_value") is not None and not read.get("base"):
            self.add_error("base", _("Say of which period the value is."))
        return read

    def indicator(self) -> tuple[str, Figure]:
        """What was typed."""
        read = self.cleaned_data
        figure = Figure(
            value=read["value"].normalize(),
            unit="".join(read["unit"].split()),
            comparator=cast(Comparator, read["comparator"]),
            change=cast(Change, read["change"]),
            base="".join(read["base"].split()) if read["change"] else "",
            base_value=read["base_value"] if read["change"] else None,
        )
        return " ".join(read["label"].split()), figure

    @property
    def reads(self) -> str:
        """How the indicator reads, for the preview: `≥500 万 次`."""
        if self.is_bound or not self.initial.get("value"):
            return ""
        figure: Figure = self.initial["figure"]
        return f"{figure.change_words}{shown(figure, sign=True)}"


class IndicatorForms:
    """The indicators of a goal, and one more to fill in."""

    def __init__(
        self, indicators: Iterable[tuple[str, Figure]] = (), data: Mapping[str, Any] | None = None
    ) -> None:
        if data is None:
            known = [_initial(name, figure) for name, figure in indicators]
            blank = [{"comparator": ">="}] if len(known) < MOST else []
            self.forms = [IndicatorForm(initial=one, prefix=str(n)) for n, one in enumerate([*known, *blank])]
            return
        count = min(int(text) if (text := data.get("rows", "")).isdecimal() else 0, MOST)
        self.forms = [IndicatorForm(data, prefix=str(n)) for n in range(count)]

    def __iter__(self) -> Any:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)

    def is_valid(self) -> bool:
        """Whether every row that says something can be used."""
        return not [form for form in self.said if not form.is_valid()]

    @property
    def said(self) -> list[IndicatorForm]:
        return [form for form in self.forms if not form.is_blank]

    @property
    def indicators(self) -> list[tuple[str, Figure]]:
        return [form.indicator() for form in self.said]

    def show(self, faults: Mapping[str, Text]) -> None:
        """What the action says of a place, at that place."""
        for key, text in faults.items():
            place, _dash, name = key.partition("-")
            if place.isdecimal() and name:
                self.said[int(place)].add_error(name, str(text))


def _initial(name: str, figure: Figure) -> dict[str, Any]:
    return {
        "label": name,
        "comparator": figure.comparator or ">=",
        "value": None if figure.value is None else decimal_text(figure.value),
        "unit": figure.unit,
        "change": figure.change,
        "base": figure.base,
        "base_value": None if figure.base_value is None else decimal_text(figure.base_value),
        "figure": figure,
    }


class PurposeForm(forms.Form):
    """Which purposes a campaign serves, and in which scene (GOA-01)."""

    purposes = forms.MultipleChoiceField(
        label=_("Strategic purposes"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name at least one purpose.")},
    )
    scene = forms.ChoiceField(
        label=_("Scene"),
        help_text=_("A point of the customer life cycle, or an occasion around the campaign"),
    )
    words = forms.CharField(
        label=_("What the campaign calls it"),
        max_length=60,
        required=False,
        help_text=_("The name of the point or occasion where nothing is said"),
    )

    def __init__(self, *args: Any, campaign: Campaign, user: User, **kwargs: Any) -> None:
        stages, occasions = stages_offered(), occasions_around(user, campaign)
        tied = next((one for one in (*stages, *occasions) if _is_tied(campaign, one)), None)
        kwargs.setdefault(
            "initial",
            {"purposes": campaign.purposes, "words": campaign.scene, "scene": tied.value if tied else ""},
        )
        super().__init__(*args, **kwargs)
        purposes = cast(forms.MultipleChoiceField, self.fields["purposes"])
        known = {entry.name: entry.meaning for entry in offered(Aim.Sort.PURPOSE)}
        names = [*known, *(name for name in campaign.purposes if name not in known)]
        purposes.choices = [(name, _worded(name, known.get(name, ""))) for name in names]
        scene = cast(forms.ChoiceField, self.fields["scene"])
        scene.choices = [
            ("", "—"),
            (gettext("Customer life cycle"), _options(stages)),
            (gettext("Market occasions around the campaign"), _options(occasions)),
        ]


def _is_tied(campaign: Campaign, one: Scene) -> bool:
    return (campaign.scene_kind, campaign.scene_key, campaign.scene_on) == (one.kind, one.key, one.on)


def _worded(name: str, meaning: str) -> str:
    return f"{name} · {meaning}" if meaning else name


def _options(scenes: Sequence[Scene]) -> list[tuple[str, str]]:
    return [(one.value, f"{one.words} {one.on:%Y-%m-%d}" if one.on else one.words) for one in scenes]


class AimForm(forms.Form):
    """A further entry of the register."""

    sort = forms.ChoiceField(label=_("Sort"), choices=Aim.Sort.choices)
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("Campaigns name it by this; it stays as it is.")
    )
    meaning = forms.CharField(label=pgettext_lazy("purpose", "Meaning"), max_length=200, required=False)
    is_for_events = forms.BooleanField(
        label=_("Customer events may be for it"), required=False, help_text=_("Of strategic purposes")
    )


class AimKeepForm(forms.Form):
    """What of an entry may change; what customer events are for is said of the company's own purposes."""

    meaning = forms.CharField(label=pgettext_lazy("purpose", "Meaning"), max_length=200, required=False)
    is_used = forms.BooleanField(label=_("Offered to campaigns"), required=False)
    is_for_events = forms.BooleanField(label=_("Customer events may be for it"), required=False)

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "meaning": entry.meaning, "is_used": entry.is_used, "is_for_events": entry.is_for_events,
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        if entry.is_standard or entry.sort != Aim.Sort.PURPOSE:
            del self.fields["is_for_events"]


class AudienceForm(SeenForm):
    """An audience category of the company: how it is called, and who belongs to it."""

    name = forms.CharField(label=_("Name"), max_length=30)
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)
    identities = forms.MultipleChoiceField(
        label=_("Who they are"),
        required=False,
        choices=Identity.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One of these; nothing ticked: whatever they are"),
    )
    stages = forms.MultipleChoiceField(
        label=_("Where they stand in the sale"),
        required=False,
        choices=[(stage.value, stage.label) for stage in Stage if stage.value],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At one of these; nothing ticked: wherever they stand"),
    )
    needs_cooperation = forms.BooleanField(label=_("Only with a cooperation in force"), required=False)
    is_used = forms.BooleanField(label=_("Offered to campaigns"), required=False, initial=True)

    def __init__(self, *args: Any, category: Category | None = None, **kwargs: Any) -> None:
        if category is not None:
            who = category.belonging
            kwargs["initial"] = {
                "name": category.word, "name_en": category.name_en, "identities": list(who.identities),
                "stages": list(who.stages), "needs_cooperation": who.needs_cooperation,
                "is_used": category.is_used, "seen": audience_stamp(category),
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        if category is None:
            del self.fields["is_used"]
        elif category.is_standard:
            for name in ("name", "name_en", "identities", "stages", "needs_cooperation"):
                del self.fields[name]

    @property
    def meant(self) -> Meant:
        """What the action is told."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Meant(**given)
