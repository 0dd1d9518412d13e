"""Addresses of guests and of the door."""

from importlib.util import find_spec

from . import door, invitations

app_name = "events"
urlpatterns = [*invitations.urlpatterns, *door.urlpatterns]
if find_spec("yunchou.lifecycle.events.urls.guests"):
    from . import guests

    urlpatterns = [*guests.urlpatterns, *urlpatterns]
