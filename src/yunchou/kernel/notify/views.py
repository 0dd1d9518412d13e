from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.rooms import by_room
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .actions import (
    add_group_robot,
    add_own_robot,
    change_group_robot,
    choose_channels,
    keep_rhythm,
    mark_read,
    remove_robot,
    try_robot,
)
from .forms import GroupRobotForm, KindsForm, OwnRobotForm, RhythmForm
from .models import Notification, Robot
from .permissions import Perm
from .registry import notices
from .selectors import choices_of, group_robots, ready_channels, rhythm_of, unread_count


@require_GET
@login_required
def notification_list(request: SignedInRequest) -> HttpResponse:
    """What the person was told, newest first; `?show=all` with what was read."""
    shows_all = request.GET.get("show") == "all"
    rows = Notification.objects.of(request.user).select_related("subject")
    address, unread = reverse("notify:notification_list"), unread_count(request.user)
    context = {
        "page": paginate(rows if shows_all else rows.unread(), request.GET, by="-pk"),
        "unread": unread,
        "views": [
            {"label": _("Unread"), "url": address, "active": not shows_all, "count": unread},
            {"label": _("All"), "url": f"{address}?show=all", "active": shows_all},
        ],
        "shows_all": shows_all,
    }
    return render(request, "notify/notification_list.html", context)


@require_GET
@login_required
def notification_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark as read and go to what it is about. Another person's notification is a 404."""
    notification = get_object_or_404(Notification, pk=pk, user=request.user)
    mark_read(user=request.user, notification=notification)
    is_ours = url_has_allowed_host_and_scheme(notification.address, allowed_hosts=None)
    return redirect(notification.address if is_ours else "notify:notification_list")


@require_POST
@login_required
def notification_read(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark one as read; for htmx the row goes away and the bell counts anew."""
    mark_read(user=request.user, notification=get_object_or_404(Notification, pk=pk, user=request.user))
    if request.htmx:
        response = HttpResponse()
        response["HX-Trigger"] = "notify:changed"
        return response
    return redirect("notify:notification_list")


@require_POST
@login_required
def notification_read_all(request: SignedInRequest) -> HttpResponse:
    mark_read(user=request.user)
    return redirect("notify:notification_list")


@require_GET
@login_required
@never_cache
def bell(request: SignedInRequest) -> HttpResponse:
    """The bell with the number of unread notifications, a fragment that asks again every minute."""
    return render(request, "notify/parts/bell.html", {"unread": unread_count(request.user)})


# ---------------------------------------------------------------- what, when, and by which robots


@require_http_methods(["GET", "POST"])
@login_required
def preference_list(request: SignedInRequest) -> HttpResponse:
    """What the person wants to be told, how, and when."""
    if request.method == "POST":
        choose_channels(user=request.user, chosen=request.POST.getlist("on"))
        toast(request, _("Saved."))
        return redirect("notify:preference_list")
    return _preferences(request)


@require_POST
@login_required
def rhythm_change(request: SignedInRequest) -> HttpResponse:
    """When to hear of what can wait."""
    form = RhythmForm(request.POST, instance=rhythm_of(request.user))
    if not form.is_valid():
        return _preferences(request, rhythm=form, status=422)
    keep_rhythm(user=request.user, hours=form.as_hours())
    toast(request, _("Saved."))
    return redirect("notify:preference_list")


@require_POST
@login_required
@sensitive_post_parameters()
def own_robot_add(request: SignedInRequest) -> HttpResponse:
    """Be told by a robot of one's own."""
    form = OwnRobotForm(request.POST)
    if robot := _made(form, lambda: add_own_robot(user=request.user, **form.cleaned_data)):
        toast(request, _("%(robot)s is there. Send a message to try it.") % {"robot": robot})
        return redirect("notify:preference_list")
    return _preferences(request, robot=form, status=422)


def _preferences(
    request: SignedInRequest,
    *,
    rhythm: RhythmForm | None = None,
    robot: OwnRobotForm | None = None,
    status: int = 200,
) -> HttpResponse:
    boxes = {kind.key: row for kind, row in choices_of(request.user)}
    context = {
        "rooms": [(word, [(kind, boxes[kind.key]) for kind in kinds]) for word, kinds in by_room(notices)],
        "has_ways": bool(ready_channels()),
        "rhythm": rhythm or RhythmForm(instance=rhythm_of(request.user)),
        "robots": list(request.user.robots.all()),
        "robot_form": robot or OwnRobotForm(),
        "lets_out": settings.GROUP_ROBOTS,
        "may_keep_groups": settings.GROUP_ROBOTS and request.user.has_perm(Perm.ROBOTS),
    }
    return render(request, "notify/preference_list.html", context, status=status)


@require_GET
@login_required
def robot_list(request: SignedInRequest) -> HttpResponse:
    """The group chats that hear what happens in units the person answers for."""
    _require_robots(request)
    rows = [(robot, _labels(robot)) for robot in group_robots(request.user)]
    return render(request, "notify/robot_list.html", {"rows": rows, "lets_out": settings.GROUP_ROBOTS})


@require_http_methods(["GET", "POST"])
@login_required
@sensitive_post_parameters()
def robot_add(request: SignedInRequest) -> HttpResponse:
    """Let a group hear of a unit."""
    _require_robots(request)
    form = GroupRobotForm(
        request.POST or None, user=request.user, initial={"language": request.user.language}
    )
    if request.method == "POST" and (
        robot := _made(form, lambda: add_group_robot(actor=request.user, **form.cleaned_data))
    ):
        toast(request, _("%(robot)s is there. Send a message to try it.") % {"robot": robot})
        return redirect("notify:robot_list")
    return _robot_form(request, form)


@require_http_methods(["GET", "POST"])
@login_required
def robot_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a group hears. Its address stays; for another one the robot is added anew."""
    robot = get_object_or_404(group_robots(request.user), pk=pk)
    form = KindsForm(
        request.POST or None, initial={"name": robot.name, "language": robot.language, "kinds": robot.kinds}
    )
    if request.method == "POST" and _made(
        form, lambda: change_group_robot(actor=request.user, robot=robot, **form.cleaned_data)
    ):
        toast(request, _("Saved."))
        return redirect("notify:robot_list")
    return _robot_form(request, form, robot)


def _robot_form(request: SignedInRequest, form: Form, robot: Robot | None = None) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "notify/robot_form.html", {"form": form, "robot": robot}, status=status)


@require_POST
@login_required
def robot_try(request: SignedInRequest, pk: int) -> HttpResponse:
    """Post a word of greeting."""
    robot = _robot(request, pk)
    if try_robot(actor=request.user, robot=robot):
        toast(request, _("%(robot)s has posted a message.") % {"robot": robot})
    else:
        words = _("%(robot)s was not let in. Look whether it is still in the group, and what it demands.")
        messages.error(request, words % {"robot": robot})
    return _back(robot)


@require_POST
@login_required
def robot_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a robot away."""
    robot = _robot(request, pk)
    answer = _back(robot)
    remove_robot(actor=request.user, robot=robot)
    toast(request, _("%(robot)s is gone.") % {"robot": robot})
    return answer


def _robot(request: SignedInRequest, pk: int) -> Robot:
    """A robot of one's own, or of a group that one keeps; any other is a 404."""
    own = request.user.robots.filter(pk=pk).first()
    return own or get_object_or_404(group_robots(request.user), pk=pk)


def _back(robot: Robot) -> HttpResponse:
    return redirect("notify:preference_list" if robot.user_id else "notify:robot_list")


def _require_robots(request: SignedInRequest) -> None:
    """Somebody who keeps the robots of no unit at all is told which right it needs."""
    if not request.user.has_perm(Perm.ROBOTS):
        require(request.user, Perm.ROBOTS)


def _labels(robot: Robot) -> list[str]:
    """What a group hears, in words."""
    return [str(notices[key].label) for key in robot.kinds if key in notices]


def _made(form: Form, make: Callable[[], Robot]) -> Robot | None:
    """What an action makes of a form; None where the form or the action refuses, its words then stand at the fields."""
    if not form.is_valid():
        return None
    try:
        return make()
    except Invalid as refused:
        for name, words in refused.fields.items():
            form.add_error(name if name in form.fields else None, str(words))
        return None
