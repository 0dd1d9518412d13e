"""Addresses of the run sheet and of the day; whole ones, since they stand at a subject."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import albums, emergencies, live, onsite, pictures, running

app_name = "programme"
urlpatterns: list[URLPattern] = [
    path("s/<int:pk>/run/", running.run_sheet, name="run_sheet"),
    path("s/<int:pk>/run/add/", running.item_keep, name="item_add"),
    path("s/<int:pk>/run/template/", running.template_lay, name="template_lay"),
    path("s/<int:pk>/run/import/", running.run_sheet_import, name="run_sheet_import"),
    path("s/<int:pk>/run/people/", running.day_keep, name="day_keep"),
    path("s/<int:pk>/run/print/", running.run_sheet_print, name="run_sheet_print"),
    path("s/<int:pk>/run/<int:item>/", running.item_keep, name="item_keep"),
    path("s/<int:pk>/run/<int:item>/remove/", running.item_remove, name="item_remove"),
    path("s/<int:pk>/run/live/", live.live, name="live"),
    path("s/<int:pk>/run/live/state/", live.live_state, name="live_state"),
    path("s/<int:pk>/run/live/<int:item>/<slug:what>/", live.item_call, name="item_call"),
    path("s/<int:pk>/run/<int:item>/participants/", live.participants_note, name="participants_note"),
    path("s/<int:pk>/run/<int:item>/contact/", live.exchange_note, name="exchange_note"),
    path("s/<int:pk>/day/", onsite.day, name="day"),
    path("s/<int:pk>/day/checks/", onsite.checks_put, name="checks_put"),
    path("s/<int:pk>/day/equipment/usual/", onsite.equipment_usual, name="equipment_usual"),
    path("s/<int:pk>/day/equipment/add/", onsite.equipment_keep, name="equipment_add"),
    path("s/<int:pk>/day/equipment/<int:test>/", onsite.equipment_keep, name="equipment_keep"),
    path("s/<int:pk>/day/equipment/<int:test>/test/", onsite.equipment_test, name="equipment_test"),
    path("s/<int:pk>/day/equipment/<int:test>/remove/", onsite.equipment_remove, name="equipment_remove"),
    path("s/<int:pk>/day/equipment/watch/<int:risk>/", onsite.equipment_watch, name="equipment_watch"),
    path("s/<int:pk>/day/rounds/", onsite.rounds_plan, name="rounds_plan"),
    path("s/<int:pk>/day/rounds/<int:patrol>/", onsite.round_walk, name="round_walk"),
    path("s/<int:pk>/day/rounds/<int:patrol>/remove/", onsite.round_remove, name="round_remove"),
    path("s/<int:pk>/day/rounds/<int:patrol>/close/", onsite.hazard_close, name="hazard_close"),
    path("s/<int:pk>/emergency/", emergencies.emergency_start, name="emergency_start"),
    path("s/<int:pk>/emergency/<int:run>/", emergencies.emergency_run, name="emergency_run"),
    path("s/<int:pk>/emergency/<int:run>/state/", emergencies.emergency_state, name="emergency_state"),
    path("s/<int:pk>/emergency/<int:run>/close/", emergencies.emergency_close, name="emergency_close"),
    path("s/<int:pk>/emergency/<int:run>/steps/<int:step>/", emergencies.step_take, name="emergency_step"),
    path("s/<int:pk>/shots/add/", pictures.shot_keep, name="shot_add"),
    path("s/<int:pk>/shots/<int:shot>/", pictures.shot_keep, name="shot_keep"),
    path("s/<int:pk>/shots/<int:shot>/tick/", pictures.shot_tick, name="shot_tick"),
    path("s/<int:pk>/shots/<int:shot>/remove/", pictures.shot_remove, name="shot_remove"),
    path("s/<int:pk>/pictures/add/", pictures.picture_add, name="picture_add"),
    path("s/<int:pk>/pictures/sort/", pictures.pictures_sort, name="pictures_sort"),
    path("s/<int:pk>/pictures/<int:picture>/", pictures.picture_mark, name="picture_mark"),
    path("s/<int:pk>/pictures/<int:picture>/edited/", pictures.picture_edited, name="picture_edited"),
    path("s/<int:pk>/albums/add/", albums.album_make, name="album_make"),
    path("s/<int:pk>/albums/<int:album>/", albums.album_link, name="album_link"),
    path("s/<int:pk>/albums/<int:album>/revoke/", albums.album_revoke, name="album_revoke"),
    path("pictures/<str:token>/", albums.album, name="album"),
    path("pictures/<str:token>/<int:picture>/<slug:size>.jpg", albums.album_picture, name="album_picture"),
]
