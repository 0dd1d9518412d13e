"""Addresses of guests and of the door."""

from . import door, guests, invitations

app_name = "events"
# The door first: addresses are tried in turn, and it asks hundreds of times a minute.
urlpatterns = [*door.urlpatterns, *guests.urlpatterns, *invitations.urlpatterns]
