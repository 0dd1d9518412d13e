"""Addresses of guest lists, and of the pages that guests themselves open."""

from __future__ import annotations

from django.urls import URLPattern, path

from ..views import guests, keeping, media, public

urlpatterns: list[URLPattern] = [
    path("s/<int:pk>/guests/", guests.guest_list, name="guest_list"),
    path("s/<int:pk>/guests/add/", keeping.guest_add, name="guest_add"),
    path("s/<int:pk>/guests/pick/", keeping.guests_pick, name="guests_pick"),
    path("s/<int:pk>/guests/options/", guests.guest_options, name="guest_options"),
    path("s/<int:pk>/guests/from-list/", keeping.guests_from_list, name="guests_from_list"),
    path("s/<int:pk>/guests/sent/", keeping.sent_note, name="sent_note"),
    path("s/<int:pk>/guests/sessions/add/", keeping.session_keep, name="session_add"),
    path("s/<int:pk>/guests/sessions/<int:session>/", keeping.session_keep, name="session_keep"),
    path("s/<int:pk>/guests/sessions/<int:session>/remove/", keeping.session_remove, name="session_remove"),
    path("s/<int:pk>/guests/waves/add/", keeping.wave_keep, name="wave_add"),
    path("s/<int:pk>/guests/waves/<int:wave>/", keeping.wave_keep, name="wave_keep"),
    path("s/<int:pk>/guests/page/", keeping.page_keep, name="page_keep"),
    path("s/<int:pk>/guests/page/preview/", public.page_preview, name="page_preview"),
    path("s/<int:pk>/media-reports/", media.media_report_list, name="media_report_list"),
    path("s/<int:pk>/media-reports/add/", media.media_report_add, name="media_report_add"),
    path("s/<int:pk>/media-reports/<int:report>/", media.media_report_change, name="media_report_change"),
    path("s/<int:pk>/media-reports/<int:report>/drop/", media.media_report_drop, name="media_report_drop"),
    path("s/<int:pk>/guests/questions/add/", keeping.question_keep, name="question_add"),
    path("s/<int:pk>/guests/questions/<int:question>/", keeping.question_keep, name="question_keep"),
    path(
        "s/<int:pk>/guests/questions/<int:question>/remove/", keeping.question_remove, name="question_remove"
    ),
    path("s/<int:pk>/guests/<int:guest>/", keeping.guest_detail, name="guest_detail"),
    path("s/<int:pk>/guests/<int:guest>/change/", keeping.guest_keep, name="guest_keep"),
    path("s/<int:pk>/guests/<int:guest>/reply/", keeping.guest_reply, name="guest_reply"),
    path("s/<int:pk>/guests/<int:guest>/off/", keeping.guest_off, name="guest_off"),
    path("s/<int:pk>/guests/<int:guest>/ticket/", keeping.ticket_renew, name="ticket_renew"),
    path("g/<str:token>/", public.guest_page, name="guest_page"),
    path("g/<str:token>/reply/", public.guest_answer, name="guest_answer"),
    path("g/<str:token>/calendar.ics", public.guest_calendar, name="guest_calendar"),
]
