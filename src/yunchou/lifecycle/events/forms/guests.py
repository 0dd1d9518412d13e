"""Forms of sessions, invitations, questions and guests, for colleagues."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.audiences.models import TargetList
from yunchou.capabilities.preparation.forms.shared import FIRST_DAY, LAST_DAY, MOMENT, text, words
from yunchou.directory.customers.models import Diet
from yunchou.directory.organisation.forms.pickers import PersonField
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import listed
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..actions.replies import Companion
from ..actions.sessions import QuestionFacts, SessionFacts
from ..models import Guest, Page, PlaceState, Question, QuestionKind, Reply, Role, Session, Wave
from ..selectors.guests import came_to, sessions_of, with_guest
from ..standing import standings_of

MOST_COMPANIONS = 8
"""So many lines for companions a colleague's form has."""


def moment(label: Any, **options: Any) -> forms.DateTimeField:
    """A moment of this century, to the minute."""
    return forms.DateTimeField(
        label=label,
        validators=[MinValueValidator(clock.moment(FIRST_DAY)), MaxValueValidator(clock.moment(LAST_DAY))],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        **options,
    )


def shown(at: datetime | None) -> str:
    return f"{clock.local(at):{MOMENT}}" if at else ""


class SessionForm(forms.Form):
    """A session: when, where, for how many, and until when guests reply."""

    name = text(pgettext_lazy("event", "Session"), 80)
    place = text(pgettext_lazy("event", "Place"), 120, required=False)
    starts_at = moment(pgettext_lazy("event", "Starts"))
    ends_at = moment(pgettext_lazy("event", "Ends"))
    capacity = forms.IntegerField(label=pgettext_lazy("event", "Seats"), min_value=1, max_value=2_000_000)
    companions = forms.IntegerField(
        label=_("Companions a guest may bring"), min_value=0, max_value=MOST_COMPANIONS, initial=1
    )
    reply_until = moment(_("Reply until"), required=False)

    def __init__(self, *args: Any, session: Session | None = None, **kwargs: Any) -> None:
        if session is not None:
            kwargs["initial"] = {
                "name": session.name, "place": session.place, "capacity": session.capacity,
                "companions": session.companions, "starts_at": shown(session.starts_at),
                "ends_at": shown(session.ends_at), "reply_until": shown(session.reply_until),
            }  # fmt: skip
        super().__init__(*args, **kwargs)

    @property
    def facts(self) -> SessionFacts:
        return SessionFacts(**self.cleaned_data)


class WaveForm(forms.Form):
    """A wave of invitations."""

    name = text(pgettext_lazy("event", "Wave"), 60)
    days_before = forms.IntegerField(
        label=_("Days before the event"), required=False, min_value=0, max_value=365,
        help_text=_("When its invitations go out."),
    )  # fmt: skip


class PageForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of the invitation."""

    class Meta:
        model = Page
        fields = (
            "host_name", "title", "title_en", "look", "text", "text_en", "requirements", "place", "address", "route",
            "map_url", "agenda", "contact", "asks_diet", "asks_transport", "asks_pictures", "is_open",
        )  # fmt: skip
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "text_en": forms.Textarea(attrs={"rows": 3}),
            "agenda": forms.Textarea(attrs={"rows": 6}),
        }
        help_texts = {
            "agenda": _("One point a line, beginning with the time: 18:30 Doors open."),
            "map_url": _("https:// of a map service; guests leave this site by it."),
            "requirements": _("Dress, time of arrival, what to bring."),
            "is_open": _("Until then the links say that the invitation is not out yet."),
        }


class QuestionForm(forms.Form):
    """A question, and on which answer of another one it appears."""

    text = text(pgettext_lazy("event", "Question"), 160)
    kind = forms.ChoiceField(label=pgettext_lazy("event", "Kind of answer"), choices=QuestionKind.choices)
    options = words(
        pgettext_lazy("event", "Answers to choose from"), 4, 600, required=False, help_text=_("One a line.")
    )
    is_required = forms.BooleanField(label=pgettext_lazy("event", "Must be answered"), required=False)
    condition = forms.ChoiceField(
        label=_("Ask it only after this answer"),
        required=False,
        help_text=_("Otherwise it is asked of everybody."),
    )

    def __init__(
        self, *args: Any, others: list[Question], question: Question | None = None, **kwargs: Any
    ) -> None:
        if question is not None:
            kwargs["initial"] = {
                "text": question.text, "kind": question.kind, "options": "\n".join(question.options),
                "is_required": question.is_required,
                "condition": f"{question.shown_if_id}:{question.shown_if_answer}" if question.shown_if_id else "",
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.others = {one.pk: one for one in others if one != question}
        field: Any = self.fields["condition"]
        said = {"yes": _("Yes"), "no": _("No")}
        field.choices = [("", _("— everybody —"))] + [
            (f"{one.pk}:{answer}", f"{one.text} — {said.get(answer, answer)}")
            for one in self.others.values()
            for answer in one.choices
        ]

    @property
    def facts(self) -> QuestionFacts:
        values = self.cleaned_data
        key, _colon, answer = values["condition"].partition(":")
        return QuestionFacts(
            values["text"], values["kind"], values["options"].splitlines(), values["is_required"],
            self.others[int(key)] if key else None, answer,
        )  # fmt: skip


class SessionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Sessions of one event, as boxes to tick."""

    def __init__(self, subject: Subject, **options: Any) -> None:
        found = Session.objects.filter(pk__in=[session.pk for session in sessions_of(subject)])
        super().__init__(
            found, label=pgettext_lazy("event", "Sessions"), widget=forms.CheckboxSelectMultiple,
            **{"required": False, "initial": found if len(sessions_of(subject)) == 1 else None} | options,
        )  # fmt: skip


class InvitingForm(forms.Form):
    """To what, by whom and in which wave somebody is invited."""

    def __init__(self, *args: Any, subject: Subject, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sessions"] = SessionsField(subject)
        self.fields["wave"] = forms.ModelChoiceField(
            Wave.objects.filter(subject=subject),
            label=pgettext_lazy("event", "Wave"),
            required=False,
            empty_label="—",
        )
        self.fields["inviter"] = PersonField(label=_("Inviter"), required=False, initial=user.pk)
        self.fields["host"] = PersonField(label=_("Personal host"), required=False)
        self.fields["is_vip"] = forms.BooleanField(label=_("Important guest"), required=False)


class FromListForm(InvitingForm):
    """A frozen target list of the event, whose customers are invited."""

    def __init__(self, *args: Any, subject: Subject, user: User, **kwargs: Any) -> None:
        super().__init__(*args, subject=subject, user=user, **kwargs)
        frozen = TargetList.objects.filter(subject=subject, frozen_at__isnull=False)
        self.fields["target"] = forms.ModelChoiceField(
            frozen, label=_("Target list"), initial=frozen.last(), empty_label=None
        )


class NameForm(InvitingForm):
    """Somebody who is known by name alone."""

    name = text(pgettext_lazy("guest", "Name"), 80)
    organisation = text(pgettext_lazy("guest", "Organisation"), 120, required=False)
    title = text(pgettext_lazy("guest", "Title"), 60, required=False)
    phone_tail = forms.RegexField(
        r"^\d{4}$", label=_("Last four digits of the phone"), required=False, max_length=4,
        error_messages={"invalid": _("Give the last four digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    role = forms.ChoiceField(label=pgettext_lazy("guest", "Comes as"), choices=Role.choices)
    language = forms.ChoiceField(label=pgettext_lazy("guest", "Language"), choices=settings.LANGUAGES)
    note = text(pgettext_lazy("guest", "Note"), 200, required=False)


class KeepForm(NameForm):
    """What is known of a guest who is on the list."""

    def __init__(self, *args: Any, guest: Guest, **kwargs: Any) -> None:
        names = ("name", "organisation", "title", "phone_tail", "role", "language", "note", "is_vip")
        kwargs["initial"] = {name: getattr(guest, name) for name in names} | {
            "wave": guest.wave_id, "inviter": guest.inviter_id, "host": guest.host_id,
            "sessions": list(guest.places.values_list("session_id", flat=True)),
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["sessions"].help_text = _(
            "More can be offered; what was offered stays, and giving up a seat is a reply."
        )
        if guest.customer_id:
            for name in ("name", "phone_tail"):
                del self.fields[name]


class ReplyForm(forms.Form):
    """A reply that somebody gave on the telephone."""

    answer = forms.ChoiceField(
        label=pgettext_lazy("guest", "Reply"),
        choices=[(Reply.ACCEPTED, Reply.ACCEPTED.label), (Reply.DECLINED, Reply.DECLINED.label)],
    )
    companions = words(
        pgettext_lazy("guest", "Companions"), 3, 800, required=False, help_text=_("One name a line.")
    )
    diet = forms.MultipleChoiceField(
        label=pgettext_lazy("guest", "Diet"),
        choices=Diet.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    diet_note = text(_("Diet, in words"), 120, required=False)
    transport = text(_("How they come"), 120, required=False)
    reason = text(_("Reason"), 200, required=False, help_text=_("Needed after the deadline."))

    def __init__(self, *args: Any, guest: Guest, subject: Subject, **kwargs: Any) -> None:
        places = list(guest.places.filter(session__removed_at=None).select_related("session"))
        stands = standings_of([place.session for place in places], came_to(guest), clock.now())
        asked = [pk for pk, one in stands.items() if not one.is_settled]
        self.brought = with_guest(guest, asked)
        kwargs["initial"] = {
            "answer": Reply.ACCEPTED, "diet": guest.diet, "diet_note": guest.diet_note, "transport": guest.transport,
            "companions": "\n".join(one.name for one in self.brought),
            "sessions": [place.session_id for place in places if place.state != PlaceState.GIVEN_UP],
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        settled = [place.session.name for place in places if stands[place.session_id].is_settled]
        stays = _("Over, or the guest has arrived; stays as it is: %(names)s") % {"names": listed(settled)}
        field = forms.ModelMultipleChoiceField(
            Session.objects.filter(places__guest=guest),
            label=pgettext_lazy("event", "Sessions"),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            help_text=stays if settled else "",
        )
        # One that was settled while somebody filled the form in is passed over, not refused.
        field.choices = [
            (place.session_id, place.session.name) for place in places if place.session_id in asked
        ]
        self.fields["sessions"] = field
        self.order_fields(["answer", "sessions", "companions", "diet", "diet_note", "transport", "reason"])

    @property
    def party(self) -> list[Companion]:
        """The names that were typed; who came along before keeps ticket and diet."""
        known = {one.name: one for one in self.brought}
        party = []
        for name in (line.strip() for line in self.cleaned_data["companions"].splitlines() if line.strip()):
            one = known.pop(name, None)
            party.append(Companion(name, tuple(one.diet), one.diet_note, one.pk) if one else Companion(name))
        return party


class OffForm(forms.Form):
    """Why somebody is taken off the list."""

    reason = words(_("Reason"), 2, 200)


class SentForm(forms.Form):
    """How invitations went out that the product did not send."""

    how = forms.ChoiceField(
        label=_("How they went out"),
        choices=[
            ("paper", pgettext_lazy("invitation", "On paper")),
            ("link", pgettext_lazy("invitation", "Link handed on in a chat")),
            ("phone", pgettext_lazy("invitation", "By telephone")),
            ("person", pgettext_lazy("invitation", "In person")),
        ],
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wave"] = forms.ModelChoiceField(
            Wave.objects.filter(subject=subject),
            label=pgettext_lazy("event", "Wave"),
            required=False,
            empty_label=_("All who are not invited yet"),
        )
