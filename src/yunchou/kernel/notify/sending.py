"""Taking deliveries in hand and letting go of them, each at most once, whatever way they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from yunchou.kernel.core import clock
from yunchou.kernel.jobs.actions import start_job

from .models import Delivery

State = Delivery.State
CHUNK = 50


class Rejected(Exception):
    """It will never go out: the address is wrong, or the other side does not take it."""


class Away(Exception):
    """The other side is away and has not taken anything; it is worth trying later."""


def start_sending(kind: str, delivery_ids: Sequence[int]) -> None:
    """Start a job for these deliveries, in chunks that keep what goes into one message together."""
    found = Delivery.objects.filter(pk__in=delivery_ids).order_by("notification__user", "pk")
    parts: list[list[int]] = [[]]
    reader = None
    for pk, user, is_digest in found.values_list("pk", "notification__user", "is_digest"):
        if len(parts[-1]) >= CHUNK and not (is_digest and user == reader):
            parts.append([])
        parts[-1].append(pk)
        reader = user
    payloads = [{"deliveries": part, "size": len(part)} for part in parts if part]
    if payloads:
        start_job(kind=kind, actor=None, payloads=payloads)


def send_each(ids: Sequence[int], send: Callable[[Sequence[Delivery]], None]) -> dict[str, int]:
    """Send planned deliveries by `send`, which gets those of one message and raises `Rejected` or `Away`.

    A row is marked as being sent before it goes out and as sent after. A row found "being sent" was left by a worker that
    died in between: nobody knows whether it went out, so it becomes "to be confirmed" and is not sent again.
    """
    unknown = Delivery.objects.filter(pk__in=ids, state=State.SENDING).update(state=State.UNKNOWN)
    waiting = Delivery.objects.filter(pk__in=ids, state=State.PLANNED).whole().order_by("pk")
    sent = sum(_send(parcel, send) for parcel in parcels(waiting))
    return {"sent": sent, "unknown": unknown}


def parcels(deliveries: Iterable[Delivery]) -> list[list[Delivery]]:
    """What goes into one message: all that a person, or a group, gets as a digest by one channel; else one by one."""
    found: dict[tuple[object, ...], list[Delivery]] = {}
    for each in deliveries:
        is_group = each.channel.startswith("robot:")
        reader = each.channel if is_group else each.notification.user_id
        key = (each.channel, reader) if each.is_digest else (each.pk,)
        found.setdefault(key, []).append(each)
    return list(found.values())


def _send(parcel: Sequence[Delivery], send: Callable[[Sequence[Delivery]], None]) -> int:
    mine = [
        each
        for each in parcel
        if Delivery.objects.filter(pk=each.pk, state=State.PLANNED).update(state=State.SENDING)
    ]
    if not mine:
        return 0
    rows = Delivery.objects.filter(pk__in=[each.pk for each in mine])
    try:
        send(mine)
    except Rejected:
        rows.update(state=State.FAILED)
        return 0
    except Away:
        rows.update(state=State.PLANNED)
        raise
    rows.update(state=State.SENT, sent_at=clock.now())
    return len(mine)


def words_of(parcel: Sequence[Delivery], language: str) -> tuple[str, str]:
    """Title and text of a message in a language: one sentence with its link, or all of a digest by what they are about."""
    with translation.override(language):
        if len(parcel) == 1:
            told = parcel[0].notification
            sentence = str(told.say)
            title = gettext("[Yunchou] %(sentence)s") % {"sentence": " ".join(sentence.split())[:120]}
            opens = gettext("Open in Yunchou:")
            return title, f"{sentence}\n\n{opens} {_link(told.address)}\n"
        count = len(parcel)
        title = ngettext("[Yunchou] %(count)s message", "[Yunchou] %(count)s messages", count) % {
            "count": count
        }
        everything = gettext("All in Yunchou:")
        link = _link(reverse("notify:notification_list"))
        return title, "\n".join([*_digest(parcel), f"{everything} {link}", ""])


def _digest(parcel: Sequence[Delivery]) -> Iterable[str]:
    """The lines of a digest: what belongs to one subject stands together, oldest first."""
    groups: dict[str, list[Delivery]] = {}
    for each in parcel:
        subject = each.notification.subject
        groups.setdefault(subject.title if subject else "", []).append(each)
    for title, own in groups.items():
        yield title or gettext("Other")
        for each in own:
            told = each.notification
            yield f"  {clock.local(told.created_at):%m-%d %H:%M}  {told.say}"
        yield f"  {_link(own[-1].notification.address)}"
        yield ""


def _link(address: str) -> str:
    return f"{settings.BASE_URL}{address}"
