"""Addresses of invitations."""

from __future__ import annotations

from django.urls import URLPattern, path

from ..views import invitations

urlpatterns: list[URLPattern] = [
    path("s/<int:pk>/guests/invitations/", invitations.invitation_list, name="invitation_list"),
    path("s/<int:pk>/guests/invitations/add/", invitations.mailing_add, name="mailing_add"),
    path("s/<int:pk>/guests/invitations/<int:mailing>/", invitations.mailing_detail, name="mailing_detail"),
    path("s/<int:pk>/guests/invitations/<int:mailing>/change/", invitations.mailing_change, name="mailing_change"),
    path("s/<int:pk>/guests/invitations/<int:mailing>/test/", invitations.mailing_test, name="mailing_test"),
    path("s/<int:pk>/guests/invitations/<int:mailing>/stop/", invitations.mailing_stop, name="mailing_stop"),
    path("s/<int:pk>/guests/invitations/<int:mailing>/<slug:move>/", invitations.mailing_move, name="mailing_move"),
    path("s/<int:pk>/guests/invitations/message/<int:message>/went/", invitations.message_went, name="message_went"),
    path("s/<int:pk>/guests/invitations/message/<int:message>/again/", invitations.message_again, name="message_again"),
    path("s/<int:pk>/guests/<int:guest>/link/", invitations.guest_link, name="guest_link"),
    path("s/<int:pk>/guests/<int:guest>/card/", invitations.guest_card, name="guest_card"),
]  # fmt: skip
