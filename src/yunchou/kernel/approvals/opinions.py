"""A person's own list of common opinions: what is offered, what is kept, what is dropped. Nothing is journalled."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User

from .opinion_models import CommonOpinion

#: How many a person may keep: more would be slower to read than to type.
MOST = 12


def kept_opinions(user: User) -> list[CommonOpinion]:
    """What the person keeps, oldest first."""
    return list(CommonOpinion.objects.filter(user=user))


def offered_opinions(kept: list[CommonOpinion]) -> list[str]:
    """What the decision page offers: the person's own, else three that everybody writes."""
    return [one.text for one in kept] or [
        _("Agreed."),
        _("Agreed, carry it out as planned."),
        _("Please complete what is missing and send it again."),
    ]


def keep_opinion(*, actor: User, text: str) -> CommonOpinion:
    """Keep a sentence on the person's own list; one that is there already stays. Refuses an empty or a 13th one."""
    text = text.strip()[: CommonOpinion.LENGTH]
    if not text:
        words = say(gettext_noop("Write the sentence that should be kept."))
        raise Invalid(words, fields={"text": words})
    known = CommonOpinion.objects.filter(user=actor)
    if known.count() >= MOST and not known.filter(text=text).exists():
        words = say(gettext_noop("At most {n} sentences are kept. Drop one first."), n=MOST)
        raise Invalid(words, fields={"text": words})
    return CommonOpinion.objects.get_or_create(user=actor, text=text)[0]


def drop_opinion(*, actor: User, opinion: CommonOpinion) -> None:
    """Take a sentence off the person's own list."""
    CommonOpinion.objects.filter(pk=opinion.pk, user=actor).delete()
