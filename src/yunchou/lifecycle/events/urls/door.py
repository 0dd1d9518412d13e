"""Addresses of the door: the office's pages, the web app and what it asks for."""

from __future__ import annotations

from django.urls import URLPattern, path

from ..views import door_app, doors

urlpatterns: list[URLPattern] = [
    path("door/api/scan", door_app.door_scan, name="door_scan"),
    path("door/api/sync", door_app.door_sync, name="door_sync"),
    path("door/", door_app.door_app, name="door_app"),
    path("door/sw.js", door_app.door_worker, name="door_worker"),
    path("door/app.webmanifest", door_app.door_manifest, name="door_manifest"),
    path("door/api/list", door_app.door_list, name="door_list"),
    path("door/api/walk-in", door_app.door_walk_in, name="door_walk_in"),
    path("s/<int:pk>/door/", doors.door_board, name="door_board"),
    path("s/<int:pk>/door/doors/add/", doors.door_put, name="door_add"),
    path("s/<int:pk>/door/doors/<int:door>/", doors.door_put, name="door_put"),
    path("s/<int:pk>/door/doors/<int:door>/devices/add/", doors.device_make, name="device_make"),
    path("s/<int:pk>/door/devices/<int:device>/link/", doors.device_link, name="device_link"),
    path("s/<int:pk>/door/devices/<int:device>/revoke/", doors.device_revoke, name="device_revoke"),
    path("s/<int:pk>/door/scans/<int:scan>/settle/", doors.doubt_settle, name="doubt_settle"),
    path("s/<int:pk>/door/badges/", doors.badge_print, name="badge_print"),
    path("s/<int:pk>/door/table-cards/", doors.table_card_print, name="table_card_print"),
]
