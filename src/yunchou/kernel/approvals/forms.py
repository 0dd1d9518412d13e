"""What people fill in around an approval, and what narrows their inbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.sheets.pickers import people_url

from .conditions import Kind
from .models import Step
from .opinion_models import CommonOpinion
from .registry import definitions

LONG = 2000


def _words(label: Any, **options: Any) -> forms.CharField:
    """Some lines of text, mandatory unless told otherwise."""
    more = {"max_length": LONG, "strip": True, "widget": forms.Textarea(attrs={"rows": 3})}
    return forms.CharField(label=label, **{**more, **options})


# -- people ------------------------------------------------------------------------------------------------------------


class _Remote(forms.Select):
    """A field one types into: name, pinyin, initials. Only who is chosen is written into the page."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-pick": "", **(attrs or {})})

    def build_attrs(self, base: dict[str, Any], extra: dict[str, Any] | None = None) -> dict[str, Any]:
        return super().build_attrs({**base, "data-pick-url": people_url()}, extra)

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        every = self.choices
        if isinstance(every, ModelChoiceIterator):
            chosen = [one for one in value if str(one).isdigit()]
            people = every.queryset.filter(pk__in=chosen) if chosen else ()
            blank = [] if self.allow_multiple_selected else [("", "")]
            self.choices = [*blank, *((person.pk, str(person)) for person in people)]
        try:
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = every


class _RemoteMany(_Remote, forms.SelectMultiple):
    allow_multiple_selected = True


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One active person."""

    widget = _Remote

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=User.objects.active(), **options)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some active people, in the order of their names."""

    widget = _RemoteMany

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=User.objects.active().order_by("name_pinyin", "pk"), **options)


# -- deciding ----------------------------------------------------------------------------------------------------------


class OpinionForm(forms.Form):
    """What an approver writes."""

    opinion = forms.CharField(label=_("Opinion"), required=False, max_length=LONG, strip=True)


class SeenForm(OpinionForm):
    """One task of the case, and the digest of the content that the page showed."""

    task = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class DecisionForm(SeenForm):
    """A decision by one of the three buttons of the bar."""

    VERBS: ClassVar = [
        ("approve", pgettext_lazy("decision", "Approve")),
        ("return", pgettext_lazy("decision", "Return")),
        ("reject", pgettext_lazy("decision", "Reject")),
    ]

    VIEW: ClassVar = "view_"

    verb = forms.ChoiceField(choices=VERBS)

    def __init__(self, *args: Any, asks: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asks = {f"{self.VIEW}{key}": label for key, label in (asks or {}).items()}
        for name, label in self.asks.items():
            beside = forms.Textarea(attrs={"rows": 2, "form": "decision"})
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=400, strip=True, widget=beside
            )

    @property
    def views(self) -> list[forms.BoundField]:
        """The fields of the points on which a view is asked for."""
        return [self[name] for name in self.asks]

    @property
    def said(self) -> str:
        """The opinion with the views that were given, each after its point."""
        read = self.cleaned_data
        views = [gettext("%(point)s: %(view)s") % {"point": label, "view": read[name]}
                 for name, label in self.asks.items() if read.get(name)]  # fmt: skip
        return "\n".join(filter(None, [*views, read["opinion"]]))


class ReturnForm(SeenForm):
    """Where the case goes back to, and how it comes back from there."""

    field_order = ("to", "then", "opinion", "task", "seen")
    AGAIN, STRAIGHT = "again", "straight"
    SENDER = "sender"
    to = forms.ChoiceField(label=_("Return to"), widget=forms.RadioSelect, initial=SENDER)
    then = forms.ChoiceField(
        label=_("When it comes back"),
        choices=[
            (AGAIN, _("Every step from there on decides again")),
            (STRAIGHT, _("It comes straight back to me")),
        ],
        widget=forms.RadioSelect,
        initial=AGAIN,
    )
    opinion = _words(
        _("Opinion"),
        help_text=_("What has to be different?"),
        error_messages={"required": _("Write an opinion: what has to be different?")},
    )

    def __init__(self, data: Any = None, *, initiator: User, steps: Sequence[Step], **options: Any) -> None:
        super().__init__(data, **options)
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [
            (self.SENDER, _("%(person)s, who sent it") % {"person": initiator}),
            *((str(step.pk), _step_label(step)) for step in steps),
        ]

    @property
    def comes_straight_back(self) -> bool:
        return bool(self.cleaned_data["then"] == self.STRAIGHT)


def _step_label(step: Step) -> str:
    """`Region leadership · Review (Huang Zhicheng)`."""
    people = ", ".join(str(task.assignee) for task in step.tasks.all() if task.decision)
    return gettext("%(step)s (%(people)s)") % {"step": step, "people": people} if people else str(step)


class SignersForm(forms.Form):
    """Whom to add as signers, where, and what they do."""

    people = PeopleField(label=_("People"))
    where = forms.ChoiceField(
        label=pgettext_lazy("signer", "Where"),
        choices=[
            ("before", _("Before me: they decide first, then I do")),
            ("beside", _("Beside me: we decide at the same time")),
            ("after", _("After me: I decide now, then they do")),
        ],
        widget=forms.RadioSelect,
        initial="before",
    )
    kind = forms.ChoiceField(
        label=_("They"),
        choices=[
            (Kind.REVIEW, _("each review")),
            (Kind.APPROVE, _("each approve")),
            (Kind.COUNTERSIGN, _("all have to sign")),
            (Kind.ANY, _("any one of them is enough")),
            (Kind.IN_TURN, _("sign one after the other")),
        ],
        initial=Kind.REVIEW,
    )
    note = _words(_("What should they look at?"), required=False)


class TransferForm(forms.Form):
    """Who decides instead, and why."""

    to = PersonField(label=_("To"))
    note = _words(_("Reason"))


# -- talking -----------------------------------------------------------------------------------------------------------


class RemarkForm(forms.Form):
    text = forms.CharField(label=_("Remark"), required=False, max_length=LONG, strip=True)


class AskForm(forms.Form):
    to = PersonField(label=_("Whom"))
    text = _words(_("Question"))


class AnswerForm(forms.Form):
    text = _words(_("Answer"))


class UrgeForm(forms.Form):
    text = _words(_("Message"), required=False)


class CopyForm(forms.Form):
    people = PeopleField(label=_("People"))


class NoteForm(forms.Form):
    note = _words(_("What was changed, and why?"))


# -- lists -------------------------------------------------------------------------------------------------------------


class FilterForm(forms.Form):
    """What narrows the inbox; a value that cannot be read narrows nothing."""

    q = forms.CharField(required=False, max_length=60, strip=True)
    kind = forms.ChoiceField(label=pgettext_lazy("approval", "Kind"), required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"), required=False)
    least = forms.DecimalField(required=False, min_value=0, max_digits=14, decimal_places=2)
    most = forms.DecimalField(required=False, min_value=0, max_digits=14, decimal_places=2)
    late = forms.BooleanField(label=_("Overdue only"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        kind, unit = self.fields["kind"], self.fields["unit"]
        assert isinstance(kind, forms.ChoiceField)
        assert isinstance(unit, forms.ModelChoiceField)
        kind.choices = [("", _("All kinds")), *kinds_of_approval()]
        unit.queryset = Unit.objects.filter(kind__in=[Unit.Kind.GROUP, Unit.Kind.REGION]).order_by("path")
        unit.empty_label = str(_("All units"))


def kinds_of_approval() -> Iterable[tuple[str, Any]]:
    """Everything that can be approved, as choices."""
    return [(declared.key, declared.label) for declared in definitions]


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DelegationForm(forms.Form):
    """To whom, for what and from when until when."""

    to = PersonField(label=_("To"))
    definition = forms.ChoiceField(label=pgettext_lazy("delegation", "What"), required=False)
    valid_from = forms.DateField(label=_("From"), widget=_Day)
    valid_to = forms.DateField(label=_("Until and including"), widget=_Day)

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"valid_from": clock.today().isoformat()})
        super().__init__(*args, **options)
        definition = self.fields["definition"]
        assert isinstance(definition, forms.ChoiceField)
        definition.choices = [("", _("Everything that waits for me")), *kinds_of_approval()]


class CommonOpinionForm(forms.Form):
    text = forms.CharField(label=_("Sentence"), required=False, max_length=CommonOpinion.LENGTH, strip=True)
