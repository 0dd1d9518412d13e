"""Forms of creative plans."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import State
from yunchou.directory.customers.models import Grade
from yunchou.directory.organisation.forms import day_field
from yunchou.directory.organisation.forms.pickers import UnitField
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm, stamp
from yunchou.kernel.versions.actions import present_digest

from .actions import Instead, Studied, Terms, Won, form_stamp, group_stamp, study_stamp, switch_stamp
from .models import ASKED, ActivityForm, AudienceGroup, DraftVersion, Offer, Study
from .plans import Module, plan, table_of

Label = Any
LINES: Final = (1, 2, 3)
"""How many budget lines one form changes."""


def _text(label: Label, length: int = 200, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, **options)


def _words(label: Label, rows: int = 2, length: int = 2000, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def _yuan(label: Label, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}), **options,
    )  # fmt: skip


class SwitchForm(SeenForm):
    """Since when and why a module is carried out by its alternative, and what that does to dates and costs."""

    switched_on = day_field(pgettext_lazy("creative", "Switched on"))
    due_on = day_field(_("Due from now on"), required=False)
    reason = _words(pgettext_lazy("creative", "Reason"), length=500)
    alternative = _words(
        _("Alternative from now on"),
        required=False,
        help_text=_("What was planned, unless you write another."),
    )
    tasks = forms.MultipleChoiceField(
        label=_("Tasks that move"), required=False, widget=forms.SelectMultiple(attrs={"data-pick": ""})
    )
    days = forms.IntegerField(
        label=_("by how many days"), required=False, min_value=-365, max_value=365,
        help_text=_("Earlier with a minus. Successors follow."),
    )  # fmt: skip

    def __init__(self, *args: Any, subject: Subject, module: Module, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "switched_on": clock.today(), "due_on": module.due_on, "alternative": module.content,
            "seen": switch_stamp(subject, module.pk or 0), **kwargs.get("initial", {}),
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        tasks = GanttTask.objects.filter(subject=subject, start_on__isnull=False, end_on__isnull=False)
        tasks = tasks.exclude(state=State.DONE).order_by("position")
        field: Any = self.fields["tasks"]
        field.choices = [(task.pk, f"{task} {task.start_on:%m-%d}—{task.end_on:%m-%d}") for task in tasks]
        lines = [
            (line.pk, f"{line.item_name} {format_exact(line.amount or Decimal(0))}")
            for line in table_of(subject, "budget").load(subject)
        ]
        for n in LINES[: max(1, min(len(LINES), len(lines)))]:
            self.fields[f"line_{n}"] = forms.TypedChoiceField(
                label=_("Budget line %(n)s") % {"n": n}, required=False, choices=[("", "—"), *lines], coerce=int,
                empty_value=None,
            )  # fmt: skip
            self.fields[f"amount_{n}"] = _yuan(_("New amount"), required=False, min_value=Decimal("0.01"))
        self.fields["changes_nothing"] = forms.BooleanField(
            label=_("Neither schedule nor budget changes"), required=False
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        seen: set[int] = set()
        for n in LINES:
            line, amount = given.get(f"line_{n}"), given.get(f"amount_{n}")
            if line and amount is None and f"amount_{n}" not in self.errors:
                self.add_error(f"amount_{n}", _("Give the new amount."))
            if amount is not None and not line and f"line_{n}" in self.fields:
                self.add_error(f"line_{n}", _("Choose the line."))
            if line in seen:
                self.add_error(f"line_{n}", _("This line is chosen above."))
            if line:
                seen.add(line)
        return given

    @property
    def instead(self) -> Instead:
        """What the action is told."""
        given = self.cleaned_data
        amounts = {given[f"line_{n}"]: given[f"amount_{n}"] for n in LINES if given.get(f"line_{n}")}
        return Instead(
            reason=given["reason"], switched_on=given["switched_on"], tasks=[int(pk) for pk in given["tasks"]],
            days=given["days"] or 0, amounts=amounts, changes_nothing=given["changes_nothing"],
            due_on=given["due_on"], alternative=given["alternative"],
        )  # fmt: skip


class FinalForm(SeenForm):
    """What the confirmed plan is to bring about, and how that will be told."""

    effect = _words(_("Expected effect"), rows=4, help_text=_("In numbers where there are any."))
    evaluation = _words(
        _("How it will be evaluated"),
        rows=4,
        help_text=_("Which figures, from where, compared with what, when, by whom."),
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        begins = {"effect": plan(subject).value, "seen": present_digest(subject)}
        kwargs["initial"] = begins | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class DraftForm(forms.Form):
    """The first version of a draft: a text, or a file."""

    title = _text(_("Name of the draft"), 80)
    text = _words(pgettext_lazy("draft", "Text"), rows=6, length=20_000, required=False)
    file = forms.FileField(label=_("or a picture or document"), required=False)


class VersionForm(forms.Form):
    """A newer version of a draft."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = _words(pgettext_lazy("draft", "Text"), rows=8, length=20_000, required=False)
    file = forms.FileField(label=pgettext_lazy("draft", "Picture or document"), required=False)
    note = forms.CharField(label=_("What is new"), max_length=200, required=False)

    def __init__(self, *args: Any, newest: DraftVersion, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": newest.number, "text": newest.text}
        super().__init__(*args, **kwargs)
        del self.fields["file" if newest.file_id is None else "text"]


class RemarkForm(forms.Form):
    """What somebody wants otherwise, and where."""

    x = forms.DecimalField(required=False, widget=forms.HiddenInput, min_value=0, max_value=100)
    y = forms.DecimalField(required=False, widget=forms.HiddenInput, min_value=0, max_value=100)
    page = forms.IntegerField(
        label=pgettext_lazy("draft", "Page"), required=False, min_value=1, max_value=2000
    )
    quote = forms.CharField(
        label=_("Words that are meant"), max_length=200, required=False, help_text=_("Copied from the text.")
    )
    text = _words(pgettext_lazy("draft", "Remark"), rows=2, length=1000)

    def __init__(self, *args: Any, version: DraftVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if version.file is None:
            del self.fields["page"]
        else:
            del self.fields["quote"]
            if version.file.file.is_image:
                del self.fields["page"]


class AnswerForm(forms.Form):
    """How a remark was met."""

    answer = _text(_("How it was met"), 200)


class GroupForm(SeenForm):
    """A group of people and where it is active."""

    name = _text(_("Audience group"), 40)
    words = _words(
        _("Called by"),
        rows=3,
        required=False,
        help_text=_("Words by which plans call the group, one a line."),
    )
    channels = _words(_("Active channels"), rows=4, help_text=_("One a line."))

    def __init__(self, *args: Any, group: AudienceGroup | None = None, **kwargs: Any) -> None:
        if group is not None:
            kwargs["initial"] = {
                "name": group.name, "words": "\n".join(group.words), "channels": "\n".join(group.channels),
                "seen": group_stamp(group),
            }  # fmt: skip
        super().__init__(*args, **kwargs)


class ActivityFormForm(SeenForm):
    """A form that activities can have."""

    name = _text(pgettext_lazy("creative", "Form"), 40)
    lowest_grade = forms.ChoiceField(
        label=_("Lowest client grade"),
        required=False,
        choices=[
            ("", _("As high-end events ask")),
            (Grade.KEY, Grade.KEY.label),
            (Grade.HIGH_END, Grade.HIGH_END.label),
        ],
        help_text=_("Counts where it is higher than what the rulebook asks of every high-end event."),
    )
    is_high_end = forms.BooleanField(label=_("For high-end events"), required=False)
    is_used = forms.BooleanField(label=_("Offered to activities"), required=False, initial=True)

    def __init__(self, *args: Any, form: ActivityForm | None = None, **kwargs: Any) -> None:
        if form is not None:
            kwargs["initial"] = {
                "name": form.name, "is_high_end": form.is_high_end, "lowest_grade": form.lowest_grade,
                "is_used": form.is_used, "seen": form_stamp(form),
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        if form is None:
            del self.fields["is_used"]
        elif not form.may_be_renamed:
            self.fields["name"].widget.attrs["readonly"] = True


class FormsForm(SeenForm):
    """The forms that one activity combines."""

    forms = forms.MultipleChoiceField(
        label=_("Forms that are combined"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, subject: Subject, offered: Sequence[ActivityForm], **kwargs: Any) -> None:
        now = plan(subject).forms
        kwargs["initial"] = {"forms": list(now), "seen": stamp(now)}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["forms"]
        field.choices = [(one.name, one.name) for one in offered]


class StudyForm(SeenForm):
    """An audience profile or a competitor analysis."""

    name = _text(_("Whom it is about"), 80)
    unit: Any = UnitField(label=_("Kept for"))
    as_of = day_field(_("As of"))
    source = _text(pgettext_lazy("creative", "Source"), 120)

    def __init__(self, *args: Any, kind: str, study: Study | None = None, **kwargs: Any) -> None:
        begins: dict[str, Any] = {"as_of": clock.today()}
        if study is not None:
            names = ("name", "as_of", "source", *ASKED[kind])
            begins = {name: getattr(study, name) for name in names} | {"seen": study_stamp(study)}
        kwargs["initial"] = begins | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.kind = kind
        if study is not None:
            del self.fields["unit"]
        for name in ASKED[kind]:
            label = Study._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            is_needed = name not in ("strengths", "weaknesses")
            self.fields[name] = (
                _text(capfirst(label), 120) if name == "age" else _words(capfirst(label), required=is_needed)
            )

    @property
    def studied(self) -> Studied:
        """What the action is told."""
        given = self.cleaned_data
        facts = {name: given[name] for name in ASKED[self.kind]}
        return Studied(self.kind, given["name"], given["as_of"], given["source"], facts)


class LinkForm(forms.Form):
    """Which study a plan rests on."""

    study: Any = forms.ModelChoiceField(
        Study.objects.none(),
        label=pgettext_lazy("creative", "Study"),
        widget=forms.Select(attrs={"data-pick": ""}),
    )


MOMENT: Final = "%Y-%m-%dT%H:%M"
PRIZES: Final = (1, 2, 3, 4)
"""How many prizes one form sets."""
BLANKS: Final = re.compile(r"[\s,，、|]+")


def _moment(label: Label) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
    )


class TermsForm(forms.Form):
    """Name, rule and period."""

    title = _text(pgettext_lazy("offer", "Name"), 80)
    starts_at = _moment(pgettext_lazy("offer", "From"))
    ends_at = _moment(pgettext_lazy("offer", "Until"))
    rule = _words(pgettext_lazy("offer", "Rule"), rows=3, help_text=_("Who gets what, when, how often."))

    @property
    def terms(self) -> Terms:
        """What the action is told."""
        given = self.cleaned_data
        return Terms(given["title"], given["rule"], given["starts_at"], given["ends_at"])


class OfferForm(TermsForm):
    """An offer with its stock."""

    kind = forms.ChoiceField(label=pgettext_lazy("offer", "Kind"), choices=Offer.Kind.choices)
    stock = forms.IntegerField(label=_("Stock"), min_value=1, max_value=10_000_000)
    field_order = ("title", "kind", "starts_at", "ends_at", "stock", "rule")


class GrantForm(forms.Form):
    """How much of an offer is given."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=10_000_000, initial=1)
    note = forms.CharField(label=pgettext_lazy("offer", "For what"), max_length=120, required=False)


class LotteryForm(TermsForm):
    """A lottery with its prizes, the highest first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in PRIZES:
            is_first = n == 1
            self.fields[f"prize_{n}"] = _text(_("Prize %(n)s") % {"n": n}, 80, required=is_first)
            self.fields[f"stock_{n}"] = forms.IntegerField(
                label=_("How many"), min_value=1, max_value=100_000, required=is_first
            )
            self.fields[f"value_{n}"] = _yuan(_("Worth"), min_value=Decimal(0), required=is_first)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for n in PRIZES[1:]:
            parts = {name: given.get(f"{name}_{n}") for name in ("prize", "stock", "value")}
            if any(part not in (None, "") for part in parts.values()):
                for name, part in parts.items():
                    if part in (None, "") and f"{name}_{n}" not in self.errors:
                        self.add_error(f"{name}_{n}", _("Please fill this in."))
        return given

    @property
    def prizes(self) -> list[Won]:
        """What the action is told."""
        given = self.cleaned_data
        return [
            Won(given[f"prize_{n}"], given[f"value_{n}"], given[f"stock_{n}"])
            for n in PRIZES
            if given.get(f"prize_{n}")
        ]


class EntriesForm(forms.Form):
    """Who takes part."""

    people = _words(
        pgettext_lazy("lottery", "Who takes part"),
        rows=8,
        length=200_000,
        help_text=_("One a line: name and telephone. Each telephone counts once."),
    )

    def clean_people(self) -> list[tuple[str, str]]:
        found = []
        for number, line in enumerate(self.cleaned_data["people"].splitlines(), 1):
            parts = BLANKS.split(line.strip(), maxsplit=1)
            if parts == [""]:
                continue
            if len(parts) < 2:
                raise forms.ValidationError(_("Line %(n)s lacks the telephone.") % {"n": number})
            found.append((parts[0], parts[1]))
        return found
