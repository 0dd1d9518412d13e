"""The door's web app and what it asks for. A device says who it is by its token; no cookie, no password, no session."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from csp.decorators import csp_exempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from yunchou.kernel.accounts.misses import is_slowed, note_miss
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Text, say

from ..actions.devices import digest_of_token
from ..actions.door import Answer, Scan, check_in, demand_own_sessions, take_in
from ..actions.walk_ins import Newcomer, walk_in
from ..door import wire
from ..door.codes import read_code
from ..door.decision import table
from ..models import Device
from ..selectors.door import counts_for, device_of, list_for, meet, milliseconds, news_since, place_of

SCRIPTS: Final = ("decide", "store", "camera", "sound", "app")
FILES: Final = (
    "events/door/door.css",
    *(f"events/door/{name}.js" for name in SCRIPTS),
    "events/door/icon-192.png",
    "vendor/jsqr/jsQR.js",
)
"""What the app needs besides its page: kept on the device when it is installed."""


class Unknown(Refused):
    """No device has this token, or it works no longer."""

    status = 401
    code = "device_over"


class TooManyTries(Refused):
    """Somebody guesses tokens."""

    status = 429
    code = "too_many_tries"


# ------------------------------------------------------------------------------------------------ the app itself


@require_safe
def door_app(request: HttpRequest) -> HttpResponse:
    """The page of the app, the same for every device: which event it serves, its token says afterwards."""
    context = {"scripts": [f"events/door/{name}.js" for name in SCRIPTS], "words": _words()}
    response = render(request, "events/door/app.html", context)
    response["Cache-Control"] = "no-cache"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def door_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: it keeps the page and its files, so that the app opens without a network."""
    files = [reverse("events:door_app"), reverse("events:door_manifest"), *(static(name) for name in FILES)]
    stamp = hashlib.sha256(json.dumps([files, _words(), _built()]).encode()).hexdigest()[:16]
    context = {"files": json.dumps(files), "stamp": stamp, "home": reverse("events:door_app")}
    response = render(request, "events/door/sw.js", context, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("events:door_app")
    response["Cache-Control"] = "no-cache"
    return response


def _built() -> str:
    """What changes when the files may have: their addresses carry their digest, except while developing."""
    return str(clock.now().timestamp()) if settings.DEBUG else ""


@require_safe
def door_manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the app on its home screen."""
    home = reverse("events:door_app")
    icons = [
        {"src": static(f"events/door/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    told = {
        "name": gettext("Yunchou check-in"),
        "short_name": pgettext("door", "Check-in"),
        "start_url": home,
        "scope": home,
        "id": home,
        "display": "standalone",
        "background_color": "#12141a",
        "theme_color": "#12141a",
        "lang": get_language(),
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


# ------------------------------------------------------------------------------------------------ what devices ask

View = Callable[..., HttpResponseBase]


def for_devices(view: Callable[[HttpRequest, Device], dict[str, Any]]) -> View:
    """A view for a device with a living token."""

    @wraps(view)
    def asked(request: HttpRequest) -> dict[str, Any]:
        return view(request, _working(request, device_of(_digest(request))))

    return in_json(asked)


def in_json(view: Callable[[HttpRequest], dict[str, Any]]) -> View:
    """A view for devices: what it says and refuses as JSON, never kept on the way, never a cookie."""

    @csrf_exempt
    @csp_exempt()  # data, not a page: there is nothing in it that a policy could stop
    @wraps(view)
    def asked(request: HttpRequest) -> HttpResponse:
        try:
            response = JsonResponse({"now": milliseconds(clock.now()), **view(request)})
        except Refused as refused:
            response = JsonResponse(
                {"now": milliseconds(clock.now()), **_fault(refused)}, status=refused.status
            )
        response["Cache-Control"] = "private, no-store"
        return response

    return asked


def _digest(request: HttpRequest) -> str:
    token = request.headers.get("X-Door-Token", "")
    if not 20 < len(token) < 100:
        raise Unknown(say(_("This device is not set up, or works no longer. Ask for a new link.")))
    return digest_of_token(token)


def _working(request: HttpRequest, device: Device | None) -> Device:
    """The device, if it may still work; raises `Unknown`, and `TooManyTries` for whoever guesses."""
    if device is None:
        if is_slowed(request):
            raise TooManyTries(say(_("Too many attempts. Wait a moment and try again.")))
        note_miss(request)
    if device is None or device.revoked_at or device.expires_at <= clock.now():
        raise Unknown(say(_("This device is not set up, or works no longer. Ask for a new link.")))
    return device


@require_safe
@for_devices
def door_list(request: HttpRequest, device: Device) -> dict[str, Any]:
    """The list that the device carries, the table by which it decides, and the day so far."""
    return {
        "event": {"id": device.subject_id, "title": device.subject.title},
        "device": {"id": device.pk, "name": device.name, "door": device.door.name},
        "until": milliseconds(device.expires_at),
        "table": table(),
        "counts": counts_for(device.subject_id),
        **list_for(device),
    }


@require_POST
@in_json
def door_scan(request: HttpRequest) -> dict[str, Any]:
    """One scan, answered at once. Whose ticket it is and whose token are asked together: nothing is asked as often."""
    digest = _digest(request)
    told = wire.body_of(request)
    scan = Scan(**wire.scan_of(told))
    code = read_code(scan.code)
    met = meet(digest, code, scan.session) if code else None
    device = _working(request, (met and met.device) or device_of(digest))
    of_this_event = met if met and met.device else None
    answer = check_in(scan=scan, device=device, drift=wire.drift_of(told), met=of_this_event)
    return {"answer": _answered(answer)}


@require_POST
@for_devices
def door_walk_in(request: HttpRequest, device: Device) -> dict[str, Any]:
    """Somebody without an invitation, entered while on the line."""
    told = wire.body_of(request)
    newcomer = Newcomer(**wire.newcomer_of(told))
    guest = walk_in(device=device, newcomer=newcomer, drift=wire.drift_of(told))
    return {"guest": {"id": guest.pk, "name": guest.name}}


@require_POST
@for_devices
def door_sync(request: HttpRequest, device: Device) -> dict[str, Any]:
    """What the device did by itself, what it has not sent yet, and what happened elsewhere since it last asked.

    Every row is answered by its key: `taken`, or `refused` with the reason, and then the device keeps it for a person.
    """
    told = wire.body_of(request)
    drift = wire.drift_of(told)
    taken: list[str] = []
    refused: list[dict[str, Any]] = []
    scans: list[Scan] = []
    for row in wire.rows_of(told, "scans"):
        try:
            scan = Scan(**wire.scan_of(row))
            demand_own_sessions(device.subject_id, [scan])
            scans.append(scan)
        except Refused as fault:
            refused.append({"key": _key(row), **_fault(fault)})
    taken += [str(answer.key) for answer in take_in(device=device, scans=scans, drift=drift)]
    for row in wire.rows_of(told, "newcomers"):
        try:
            guest = walk_in(
                device=device, newcomer=Newcomer(**wire.newcomer_of(row)), drift=drift, is_offline=True
            )
            taken.append(_key(row))
            assert guest.pk
        except Refused as fault:
            refused.append({"key": _key(row), **_fault(fault)})
    left = told.get("unsent")
    unsent = left if type(left) is int and 0 <= left < 1_000_000 else 0
    gone = len(taken)
    Device.objects.filter(pk=device.pk).update(seen_at=clock.now(), unsent=max(0, unsent - gone))
    since = wire.moment_of(told.get("since"))
    return {
        "taken": taken,
        "refused": refused,
        "news": news_since(device, since) if since else [],
        "counts": counts_for(device.subject_id),
    }


def _key(row: Any) -> str:
    return str(row.get("key", "")) if isinstance(row, dict) else ""


def _answered(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": str(answer.key),
        "verdict": answer.verdict,
        "why": answer.why,
        "tone": answer.tone,
        "title": answer.title,
        "words": answer.words,
        "forced": answer.forced,
        "first": answer.first,
    }
    if answer.guest:
        told["guest"] = place_of(answer.guest)
    return told


def _fault(refused: Refused) -> dict[str, Any]:
    fields: dict[str, Text] = refused.fields
    return {
        "code": refused.code,
        "message": str(refused.message),
        "fields": {k: str(v) for k, v in fields.items()},
    }


def _words() -> dict[str, str]:
    """What the script says, in the reader's language."""
    return {
        "arrived": gettext("{arrived} / {expected} arrived"),
        "joint": pgettext("between listed words", ", "),
        "vips": gettext("VIP {arrived} / {expected}"),
        "unsent": gettext("Offline, {count} to send"),
        "waiting": gettext("{count} to send"),
        "offline": gettext("Offline"),
        "seat": pgettext("door", "Seat"),
        "diet": pgettext("door", "Table card"),
        "at": pgettext("door", "Check-in"),
        "host": pgettext("door", "Host"),
        "mind": pgettext("door", "Mind"),
        "first": pgettext("door", "First checked in"),
        "where": pgettext("door", "At"),
        "todo": pgettext("door", "What to do"),
        "companions": gettext("with {count}"),
        "brought": gettext("comes with {name}"),
        "tail": gettext("ends in {tail}"),
        "today": pgettext("door", "today {time}"),
        "rule": gettext("Not counted twice. R-EXE-03"),
        "inside": pgettext("door", "Inside"),
        "left": pgettext("door", "Left"),
        "come": pgettext("door", "Let in"),
        "letcompanion": gettext("Let in {name}"),
        "nobody": gettext("Nobody on the list is called so."),
        "loading": gettext("Fetching the list…"),
        "nolist": gettext("The list has not been fetched yet. Connect once before the doors open."),
        "nohttps": gettext("Without HTTPS this device cannot work without a network or use its camera."),
        "nocamera": gettext("No camera here. Use a scanner, or look for the name."),
        "nodevice": gettext("Open the link, or scan the code, that the office made for this device."),
        "nolink": gettext(
            "This is not the link of a device. Take all of it, or ask the office for a new one."
        ),
        "saved": gettext("Kept on this device; it will be sent by itself."),
        "entered": gettext("{name} has been entered and let in."),
        "kept": gettext("{count} scans could not be taken. Show this device to the lead."),
        "noteless": gettext("Note for the lead"),
        "named": gettext("Write down the name."),
        "agree": gettext("A number is kept only with consent."),
        "until": gettext("works until {time}"),
        "host_called": gettext("{host}, called at {time}"),
    }
