"""Whom a questionnaire asks, by links of their own, and reminding who has not answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.models import Consent, Customer
from yunchou.directory.customers.models import Purpose as Use
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wrong
from yunchou.kernel.duties import actions as duties
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..audiences import Person, audiences
from ..deliveries import Occasion, deliver
from ..duties import SEND
from ..models import Recipient, Survey, new_token
from .shared import open_questionnaire

MOST_AT_ONCE = 5000


@dataclass(frozen=True)
class Added:
    """Who was added, how many were on the list already, and whose withdrawn consent keeps them off it."""

    recipients: tuple[Recipient, ...]
    already: int = 0
    refused: tuple[str, ...] = ()


@transaction.atomic
def ask_people(*, survey: Survey, people: Iterable[Person], actor: User) -> Added:
    """Give people a link each; of an open questionnaire it is sent at once. Records `surveys.asked`.

    Customers that are asked already are counted and left out; so are those who withdrew their consent to questionnaires.
    Refuses a closed questionnaire, nobody, and names without a sign.
    """
    locked = open_questionnaire(survey, actor)
    if locked.closed_at is not None:
        raise wrong(_("The questionnaire is closed."))
    return add_recipients(locked, people, actor)


def ask_audience(*, survey: Survey, audience: str, actor: User) -> Added:
    """Ask a group that another room knows, such as the guests who came. Refuses an unknown one."""
    found = audiences.get(f"{survey.subject.kind}:{audience}")
    if found is None:
        raise at_field("audience", _("This group is not known."))
    return ask_people(survey=survey, people=found.people(survey.subject), actor=actor)


def add_recipients(survey: Survey, people: Iterable[Person], actor: User | None) -> Added:
    """What `ask_people` does, for a questionnaire that is locked; also without an actor."""
    wanted = [one for one in people if one.customer_id or one.name.strip()][:MOST_AT_ONCE]
    if not wanted:
        raise at_field("people", _("Say whom to ask."))
    ids = {person.customer_id for person in wanted if person.customer_id}
    known = dict(Customer.objects.living().filter(pk__in=ids).values_list("pk", "name"))
    asked = set(survey.recipients.filter(customer__in=known).values_list("customer", flat=True))
    refusing = _refusing(known)
    new: dict[object, Recipient] = {}
    refused, already = dict[int, str](), 0
    for person in wanted:
        pk = person.customer_id if person.customer_id in known else None
        if pk in refusing:
            refused[pk] = known[pk]
        elif pk is not None and (pk in asked or pk in new):
            already += 1
        elif pk is not None or person.customer_id is None:
            name = known.get(pk, "") if pk else person.name.strip()
            new[pk or object()] = Recipient(survey=survey, customer_id=pk, name=name[:80], added_by=actor)
    made = Recipient.objects.bulk_create(new.values())
    if made:
        data = {"title": survey.title, "count": len(made)}
        record(journal.ASKED, actor=actor, subject=survey.subject, data=data)
        if survey.is_open:
            send_links(survey, made, actor)
    return Added(tuple(made), already, tuple(refused.values()))


def send_links(survey: Survey, recipients: Sequence[Recipient], actor: User | None) -> int:
    """Send links that were not sent, by whatever way takes them; how many. What is left waits to be sent by hand."""
    sent = deliver(survey, recipients, Occasion.INVITE, actor)
    Recipient.objects.filter(pk__in=sent).update(sent_at=clock.now())
    return len(sent)


@transaction.atomic
def stop_asking(*, recipients: Collection[int], survey: Survey, actor: User) -> int:
    """Take people off the list; whoever has answered stays. Records `surveys.not_asked`."""
    locked = open_questionnaire(survey, actor)
    found = locked.recipients.filter(pk__in=recipients, has_answered=False)
    count, _each = found.delete()
    if not count:
        raise wrong(_("Whoever has answered stays on the list."))
    data = {"title": locked.title, "count": count}
    record(journal.NOT_ASKED, actor=actor, subject=locked.subject, data=data)
    return count


@transaction.atomic
def set_open_link(*, survey: Survey, is_on: bool, actor: User) -> Survey:
    """Give a questionnaire an address for everybody, or take it away; a new one is another address.

    Records `surveys.open_link` or `surveys.open_link_off`. Refuses a closed one.
    """
    locked = open_questionnaire(survey, actor)
    if locked.closed_at is not None:
        raise wrong(_("The questionnaire is closed."))
    locked.open_token = new_token() if is_on else None
    locked.save(update_fields=["open_token"])
    kind = journal.OPEN_LINK if is_on else journal.OPEN_LINK_OFF
    record(kind, actor=actor, subject=locked.subject, data={"title": locked.title})
    return locked


@transaction.atomic
def remind(*, survey: Survey, actor: User) -> int:
    """Remind everybody who has not answered; fulfils the duty to do so and records `surveys.reminded`.

    Where no way sends messages, the person has sent them by hand. Refuses one that is not open, and nobody left.
    """
    locked = open_questionnaire(survey, actor)
    if not locked.takes_answers:
        raise wrong(_("The questionnaire is not open."))
    count = remind_all(locked, actor)
    if not count:
        raise wrong(_("Everybody who was asked has answered."))
    for number in (1, 2):
        duties.fulfil(actor=actor, key=locked.reminder_key(number))
    duties.fulfil(actor=actor, kind=SEND.key, subject=locked.subject)
    return count


def remind_all(survey: Survey, actor: User | None, *, only_sent: bool = False) -> int:
    """Remind who has not answered, in the caller's transaction; `only_sent` counts those that a way took."""
    waiting = list(survey.recipients.filter(has_answered=False).select_related("customer"))
    taken = deliver(survey, waiting, Occasion.REMIND, actor)
    reminded = [one.pk for one in waiting if not only_sent or one.pk in taken]
    if reminded:
        Recipient.objects.filter(pk__in=reminded).update(reminded_at=clock.now())
        data = {"title": survey.title, "count": len(reminded)}
        record(journal.REMINDED, actor=actor, subject=survey.subject, data=data)
    return len(reminded)


def _refusing(ids: Collection[int]) -> set[int]:
    """Customers who withdrew their consent to questionnaires."""
    said_no = Consent.objects.filter(customer__in=ids, purpose=Use.SURVEY, is_given=False)
    return set(said_no.values_list("customer", flat=True))
