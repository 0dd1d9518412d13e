"""A leaver's work passes to a successor, and the account is closed, in one action."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.actions import disable_account
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.changes import appointments_changed, gathered
from yunchou.kernel.identity.handovers import in_order
from yunchou.kernel.identity.models import Appointment, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify

from .. import journal
from ..permissions import Perm
from ..positions import NEVER_VACANT
from .appointments import lock_never_vacant


@transaction.atomic
def hand_over(*, person: User, to: User, closes_account: bool = True, actor: User) -> dict[str, int]:
    """Pass everything `person` has in hand to `to`; says how many of each kind (`handovers`).

    With `closes_account` the appointments end with yesterday and the account is disabled: sessions end and tokens stop
    with the next request. Refuses without `organisation.manage`, for oneself in either part, a successor who is not
    active, and closing the last system or security administrator; all or nothing. Records `organisation.handed_over`, what each
    room records, and `accounts.disabled`.
    """
    require(actor, Perm.MANAGE)
    if actor.pk in (person.pk, to.pk):
        raise NotAllowed(
            say(_("Nobody hands work over from or to himself; ask another administrator.")), code="self"
        )
    leaver, heir = _locked(person, to)
    if heir.pk == leaver.pk:
        raise _invalid(_("The successor must be another person."))
    if not heir.is_active:
        raise _invalid(_("The account of the successor is closed."))
    with gathered():
        moved = {each.key: each.pass_on(leaver, heir, actor) for each in in_order()}
        if closes_account and leaver.is_active:
            _end_posts(leaver)
            disable_account(user=leaver, actor=actor)
        # The successor has a share now in what was passed on, and decides on none of it.
        appointments_changed([leaver.pk, heir.pk])
        count = sum(moved.values())
        data = {"person": leaver.pk, "username": leaver.username, "successor": heir.username}
        record(journal.HANDED_OVER, actor=actor, data={**data, "count": count, "kinds": moved})
        if count:
            notify(
                users=[heir],
                kind="organisation.handed_over",
                say=say(
                    _("{count} open things of {person} were handed to you"), count=count, person=leaver.name
                ),
                address="/duties/",
            )
    return moved


def _locked(person: User, to: User) -> tuple[User, User]:
    """Both rows, locked in one order."""
    rows = User.objects.select_for_update(no_key=True).order_by("pk").in_bulk([person.pk, to.pk])
    return rows[person.pk], rows[to.pk]


def _end_posts(leaver: User) -> None:
    """Every post and every standing-in ends with yesterday; what would begin later never does."""
    today = clock.today()
    held = Appointment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), user=leaver)
    lock_never_vacant()
    for post in held.filter(position__code__in=NEVER_VACANT, is_deputy=False).select_related("position"):
        if not _others_hold(post):
            raise Refused(
                say(_("The last {position} stays; appoint another one first."), position=str(post.position)),
                code="last_admin",
            )
    last_day: date = today - timedelta(days=1)
    held.filter(valid_from__gt=last_day).delete()
    held.update(valid_to=last_day, is_main=False)
    appointments_changed([leaver.pk])


def _others_hold(post: Appointment) -> bool:
    others = Appointment.objects.valid().filter(position=post.position, is_deputy=False)
    return others.filter(valid_to__isnull=True).exclude(user=post.user_id).exists()


def _invalid(message: str) -> Invalid:
    told = say(message)
    return Invalid(told, fields={"to": told})
