"""Links of questionnaires by mail, or by text message to who has no address; whoever is left gets theirs by hand (EVA-04)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.messaging.actions import Wording, send_at_once
from yunchou.capabilities.messaging.judging import judge
from yunchou.capabilities.messaging.models import Channel, Mailing, Message
from yunchou.capabilities.messaging.selectors.mailings import latest_of
from yunchou.capabilities.messaging.selectors.senders import sender_for
from yunchou.capabilities.messaging.selectors.texts import texts_for
from yunchou.capabilities.messaging.uses import Reader, Use, use
from yunchou.directory.customers.models import Purpose
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .deliveries import Occasion, delivers
from .models import Recipient, Survey
from .permissions import Perm

LINK: Final = "surveys.link"
REMINDER: Final = "surveys.reminder"
USES: Final = {Occasion.INVITE: LINK, Occasion.REMIND: REMINDER}
WAYS: Final = (Channel.EMAIL, Channel.SMS)
"""In the order in which they are tried: a mail has room for the reason and costs nothing."""
WORDS: Final = {
    "name": pgettext_lazy("placeholder", "the person's name"),
    "title": pgettext_lazy("placeholder", "title of the questionnaire"),
    "activity": pgettext_lazy("placeholder", "name of the activity"),
    "until": pgettext_lazy("placeholder", "until when answers are taken"),
    "link": pgettext_lazy("placeholder", "the personal link"),
}
TITLE: Final = gettext_noop("How was it? {activity}")
BODY: Final = {
    Occasion.INVITE: gettext_noop(
        "Dear {name},\n\nthank you for {activity}. We should like to hear how it was: a few questions, two minutes.\n\n{link}\n\n"
        "Your answer is possible until {until}."
    ),
    Occasion.REMIND: gettext_noop(
        "Dear {name},\n\nyour answer on {activity} is still missing, and it matters to us. Two minutes are enough.\n\n{link}\n\n"
        "Your answer is possible until {until}."
    ),
}
SHORT: Final = {
    Occasion.INVITE: gettext_noop(
        "{name}, thank you for {activity}. How was it? Two minutes, until {until}: {link}"
    ),
    Occasion.REMIND: gettext_noop(
        "{name}, your answer on {activity} is still possible until {until}: {link}"
    ),
}


def _audience(subject: Subject, part: str) -> list[Reader]:
    """Who has not answered the questionnaire whose key `part` is."""
    asked = Recipient.objects.filter(survey__subject=subject, survey=int(part or 0), has_answered=False)
    return [Reader(pk, customer) for pk, customer in asked.order_by("pk").values_list("pk", "customer")]


def _values(subject: Subject, refs: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """What stands for the placeholders, of those who can still answer; nobody else is written to."""
    asked = Recipient.objects.filter(survey__subject=subject, pk__in=refs, has_answered=False)
    return {
        one.pk: {
            "name": one.name,
            "title": one.survey.shown_title,
            "activity": subject.title,
            "until": _until(one.survey),
            "link": f"{settings.BASE_URL}{one.path}",
        }
        for one in asked.select_related("survey")
        if one.survey.takes_answers
    }


def _until(survey: Survey) -> str:
    return f"{clock.local(survey.closes_at):%Y-%m-%d %H:%M}" if survey.closes_at else ""


for key, label, is_once in ((LINK, _("Questionnaire"), True), (REMINDER, _("Reminder to answer"), False)):
    use(
        Use(
            key, label, purpose=Purpose.SURVEY, needs=Perm.EDIT, words=WORDS, audience=_audience, values=_values,
            must=frozenset({"link"}), is_once=is_once,
        )
    )  # fmt: skip


def wording_of(subject: Subject, occasion: Occasion, channel: Channel) -> Wording:
    """The text that the unit, or the nearest above it, keeps for this; else the one that is shipped."""
    kept = texts_for(subject.unit, USES[occasion]).filter(use=USES[occasion], channel=channel)
    text = kept.order_by("-unit__path", "-kept_at").first()
    if text is not None:
        return Wording(text.title, text.body, text.language)
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        if channel == Channel.SMS:
            return Wording("", gettext(SHORT[occasion]), language)
        return Wording(gettext(TITLE), gettext(BODY[occasion]), language)


@delivers("messages")
def send(
    survey: Survey, recipients: Sequence[Recipient], occasion: Occasion, actor: User | None
) -> Collection[int]:
    """Write to everybody who agreed and has an address, each by one channel; the keys of those."""
    taken: set[int] = set()
    for channel in WAYS:
        left = [Reader(one.pk, one.customer_id) for one in recipients if one.pk not in taken]
        if left:
            taken |= send_at_once(
                subject=survey.subject, use=USES[occasion], channel=channel, readers=left, actor=actor,
                wording=wording_of(survey.subject, occasion, channel), part=str(survey.pk), part_name=survey.title,
            )  # fmt: skip
    return taken


def with_messages(survey: Survey, people: Sequence[Recipient]) -> list[tuple[Recipient, Message | None]]:
    """The people with the newest message to each; one statement."""
    found = latest_of(survey.subject, "surveys.", [one.pk for one in people])
    return [(one, next(iter(found.get(one.pk, ())), None)) for one in people]


def reached_by_hand(survey: Survey) -> int:
    """How many of those not asked yet no channel reaches, as things stand: their links have to be copied."""
    waiting = survey.recipients.filter(sent_at=None, has_answered=False)
    readers = [Reader(pk, customer) for pk, customer in waiting.values_list("pk", "customer")]
    if sender_for(survey.subject) is None:
        return len(readers)
    for channel in WAYS:
        why = judge(Mailing(subject=survey.subject, use=LINK, channel=channel), readers)
        readers = [one for one in readers if one.ref in why]
    return len(readers)
