"""What messages keep of the address of somebody who becomes important (CUS-06)."""

from __future__ import annotations

import pytest

from yunchou.capabilities.messaging import people
from yunchou.capabilities.messaging.models import Channel, Message, Suppression
from yunchou.directory.customers import apart
from yunchou.directory.customers.actions.register import card_of
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from .factories import make_mailing, make_readers

pytestmark = pytest.mark.django_db


def test_what_messages_keep_of_an_address_goes_apart_with_its_customer(
    unit: Unit, subject: Subject, writer: User
) -> None:
    """Digests come under the keys of that store, masks become dots, older addresses are nobody's; who is left alone stays so,
    before and after."""
    one, other = make_readers(unit, 2)
    number = card_of(one).phone.open()
    general = people.known([one.pk], Channel.SMS)[one.pk]
    mail = people.known([one.pk], Channel.EMAIL)[one.pk].digest
    older = people.digest("+8613800000000", Channel.SMS)
    for digest, mask in ((general.digest, general.mask), (older, "138****0000")):
        Suppression.objects.create(
            channel=Channel.SMS, digest=digest, mask=mask, reason=Suppression.Reason.BOUNCED, customer=one
        )
    mailing, second, third = (make_mailing(subject, writer) for _n in range(3))
    sent = {"channel": Channel.EMAIL, "ref": 1}
    present = Message.objects.create(mailing=mailing, customer=one, digest=mail, **sent)
    past = Message.objects.create(
        mailing=second, customer=one, digest=people.digest("old@example.com", Channel.EMAIL), **sent
    )
    foreign = Message.objects.create(mailing=third, customer=other, digest=mail, **sent)
    apart.move(one, is_apart=True)

    now = {
        channel: people.known([one.pk], channel)[one.pk].digest for channel in (Channel.SMS, Channel.EMAIL)
    }
    assert (now[Channel.SMS], now[Channel.EMAIL]) != (general.digest, mail)
    for message in (present, past, foreign):
        message.refresh_from_db()
    assert (present.digest, past.digest, foreign.digest) == (now[Channel.EMAIL], "", mail)
    stops = {stop.digest: (stop.mask, stop.customer_id) for stop in Suppression.objects.all()}
    assert stops == {now[Channel.SMS]: ("••••", one.pk), older: ("••••", None)}
    apart.move(one, is_apart=False)
    assert Suppression.objects.filter(digest__in=people.every_digest(number, Channel.SMS)).count() == 1
