"""Forms of a questionnaire and of its questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from yunchou.directory.organisation.forms.pickers import PersonField
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.seen import SeenForm

from ..actions import Details, Wording, survey_stamp
from ..library import BY_KEY, LIBRARY
from ..models import Purpose, Question, QuestionKind, Section, Survey
from .shared import line, moment, typed, words

COPY: Final = "copy:"
BAR: Final = "|"
"""Between the Chinese and the English words of an answer."""


class SurveyForm(SeenForm):
    """The settings of a questionnaire."""

    title = line(pgettext_lazy("survey", "Title"))
    title_en = line(pgettext_lazy("survey", "Title in English"), 160, required=False)
    intro = words(pgettext_lazy("survey", "What guests read first"), required=False)
    intro_en = words(pgettext_lazy("survey", "The same in English"), required=False)
    purpose = forms.ChoiceField(
        label=pgettext_lazy("survey", "Purpose"), choices=Purpose.choices, initial=Purpose.EVENT
    )
    keeper: Any = PersonField(label=pgettext_lazy("survey", "Person in charge"))
    is_anonymous = forms.BooleanField(
        label=pgettext_lazy("survey", "Anonymous"),
        help_text=_(
            "Nothing leads from a person to an answer; with fewer than five answers nothing is broken down."
        ),
        required=False,
    )
    opens_by_itself = forms.BooleanField(
        label=_("Opens by itself"),
        help_text=_("When the activity ends, and closes seven days later; feedback opens when it begins."),
        required=False,
        initial=True,
    )
    opens_at = moment(
        pgettext_lazy("survey", "Opens"),
        required=False,
        help_text=_("Leave empty to open it by hand or with the activity."),
    )
    closes_at = moment(
        pgettext_lazy("survey", "Closes"),
        required=False,
        help_text=_("Leave empty for seven days after it opens."),
    )

    def __init__(
        self, *args: Any, survey: Survey | None = None, keeper: User | None = None, **kwargs: Any
    ) -> None:
        if survey is not None:
            names = ("title", "title_en", "intro", "intro_en", "purpose", "is_anonymous", "opens_by_itself")
            kwargs["initial"] = {
                **{name: getattr(survey, name) for name in names},
                "keeper": survey.keeper_id, "opens_at": typed(survey.opens_at), "closes_at": typed(survey.closes_at),
                "seen": survey_stamp(survey),
            }  # fmt: skip
        elif keeper is not None:
            kwargs["initial"] = {**kwargs.get("initial", {}), "keeper": keeper.pk}
        super().__init__(*args, **kwargs)

    @property
    def details(self) -> Details:
        """What was typed."""
        names = (
            "title", "title_en", "intro", "intro_en", "purpose", "keeper", "is_anonymous", "opens_by_itself", "opens_at",
            "closes_at",
        )  # fmt: skip
        return Details(**{name: self.cleaned_data[name] for name in names})


class NewSurveyForm(forms.Form):
    """What a questionnaire begins with: a shipped template, or one that was asked before."""

    source = forms.ChoiceField(label=pgettext_lazy("survey", "Begin with"))
    title = line(
        pgettext_lazy("survey", "Title"),
        required=False,
        help_text=_("As the template calls it where you leave this empty."),
    )
    keeper: Any = PersonField(label=pgettext_lazy("survey", "Person in charge"))

    def __init__(self, *args: Any, keeper: User, earlier: Sequence[Survey], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"keeper": keeper.pk, "source": LIBRARY[0].key}, **kwargs})
        self.earlier = {survey.pk: survey for survey in earlier}
        own = [(f"{COPY}{one.pk}", f"{one.title} · {one.subject.title}") for one in earlier]
        field: Any = self.fields["source"]
        field.choices = [
            (pgettext("survey", "Templates"), [(one.key, one.label) for one in LIBRARY]),
            *([(pgettext("survey", "Asked before"), own)] if own else []),
            (pgettext("survey", "Nothing"), [("", pgettext("survey", "An empty questionnaire"))]),
        ]
        field.required = False

    @property
    def copied(self) -> Survey | None:
        """The questionnaire that is copied, if one was chosen."""
        source: str = self.cleaned_data["source"]
        return self.earlier.get(int(source.removeprefix(COPY))) if source.startswith(COPY) else None

    @property
    def template(self) -> str:
        source: str = self.cleaned_data["source"]
        return source if source in BY_KEY else ""

    @property
    def details(self) -> Details:
        """What was chosen, with the words of the template where nothing was typed."""
        keeper, title = self.cleaned_data["keeper"], self.cleaned_data["title"]
        if (old := self.copied) is not None:
            return Details(
                title or old.title,
                keeper,
                old.purpose,
                old.title_en,
                old.intro,
                old.intro_en,
                old.is_anonymous,
            )
        if not self.template:
            return Details(title, keeper)
        shipped = BY_KEY[self.template]
        english = "" if title else shipped.title[1]
        return Details(
            title or shipped.title[0], keeper, shipped.purpose, english, *shipped.intro, shipped.is_anonymous
        )


class QuestionForm(forms.Form):
    """A question of one kind, with the fields that this kind has."""

    text = line(pgettext_lazy("survey", "Question"), 200)
    text_en = line(pgettext_lazy("survey", "Question in English"), 260, required=False)
    section = forms.ChoiceField(
        label=pgettext_lazy("survey", "About"),
        choices=Section.choices,
        help_text=_("Scales on content, organisation, service and overall make the satisfaction score."),
    )
    is_required = forms.BooleanField(label=pgettext_lazy("survey", "Must be answered"), required=False)

    def __init__(
        self,
        *args: Any,
        kind: str,
        earlier: Sequence[Question],
        question: Question | None = None,
        **kwargs: Any,
    ) -> None:
        if question is not None:
            names = ("text", "text_en", "section", "is_required", "top", "low", "low_en", "high", "high_en")
            kwargs["initial"] = {
                **{name: getattr(question, name) for name in names},
                "options": "\n".join(_option_line(option) for option in question.options),
                "shown_if": [f"{question.shown_if_id}:{value}" for value in question.shown_if_values],
            }
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.earlier = {one.pk: one for one in earlier if one.kind != QuestionKind.TEXT}
        if kind == QuestionKind.SCALE:
            self._add_scale()
        elif kind != QuestionKind.TEXT:
            self.fields["options"] = words(
                _("Answers to choose from"),
                rows=5,
                help_text=_("One on a line; what stands behind a bar | is its English."),
            )
        if self.earlier:
            self._add_condition()

    def _add_scale(self) -> None:
        self.fields["top"] = forms.TypedChoiceField(
            label=pgettext_lazy("survey", "Scale"),
            coerce=int,
            choices=[(5, "1 – 5"), (10, "1 – 10")],
            initial=5,
        )
        for name, label, length in (
            ("low", _("Words at the lowest mark"), 40),
            ("low_en", _("Lowest, in English"), 60),
            ("high", _("Words at the highest mark"), 40),
            ("high_en", _("Highest, in English"), 60),
        ):
            self.fields[name] = line(label, length, required=False)

    def _add_condition(self) -> None:
        groups = [
            (one.text[:40], [(f"{one.pk}:{key}", f"{one.text[:24]} = {label}") for key, label in one.choices])
            for one in self.earlier.values()
        ]
        self.fields["shown_if"] = forms.MultipleChoiceField(
            label=_("Asked only if the answer was"), required=False, choices=groups,
            widget=forms.SelectMultiple(attrs={"data-pick": ""}), help_text=_("Answers of one earlier question."),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        if len({one.partition(":")[0] for one in read.get("shown_if", [])}) > 1:
            self.add_error("shown_if", str(_("Choose answers of one question only.")))
        return read

    @property
    def wording(self) -> Wording:
        """What was typed."""
        read = self.cleaned_data
        chosen = [one.partition(":") for one in read.get("shown_if", [])]
        names = ("top", "low", "low_en", "high", "high_en")
        return Wording(
            kind=self.kind, section=read["section"], text=read["text"], text_en=read["text_en"],
            is_required=read["is_required"], options=[_option_of(line) for line in read.get("options", "").splitlines()],
            shown_if=self.earlier[int(chosen[0][0])] if chosen else None, shown_if_values=[key for _pk, _colon, key in chosen],
            **{name: read[name] for name in names if name in read},
        )  # fmt: skip


def _option_line(option: dict[str, str]) -> str:
    return f"{option['zh']} {BAR} {option['en']}" if option.get("en") else option["zh"]


def _option_of(line: str) -> tuple[str, str]:
    zh, _bar, en = line.replace("｜", BAR).partition(BAR)
    return zh.strip(), en.strip()
