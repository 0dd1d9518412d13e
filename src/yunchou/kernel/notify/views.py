from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .actions import choose_channels, mark_read
from .models import Notification
from .selectors import choices_of, unread_count


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


@require_http_methods(["GET", "POST"])
@login_required
def preference_list(request: SignedInRequest) -> HttpResponse:
    """What the person wants to be told, and how."""
    if request.method == "POST":
        choose_channels(user=request.user, chosen=request.POST.getlist("on"))
        toast(request, _("Saved."))
        return redirect("notify:preference_list")
    return render(request, "notify/preference_list.html", {"choices": choices_of(request.user)})
