"""Addresses of the wall: for colleagues, for screens in the hall, for guests and for everybody who verifies a draw."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import board, public, walls

app_name = "wall"
urlpatterns: list[URLPattern] = [
    path("s/<int:pk>/wall/", board.board, name="board"),
    path("s/<int:pk>/wall/office/", walls.office_wall, name="office_wall"),
    path("s/<int:pk>/wall/office/now/", walls.office_now, name="office_now"),
    path("s/<int:pk>/wall/screens/add/", board.screen_make, name="screen_make"),
    path("s/<int:pk>/wall/screens/<int:screen>/link/", board.screen_link, name="screen_link"),
    path("s/<int:pk>/wall/screens/<int:screen>/revoke/", board.screen_revoke, name="screen_revoke"),
    path("s/<int:pk>/wall/polls/add/", board.poll_keep, name="poll_add"),
    path("s/<int:pk>/wall/polls/<int:poll>/", board.poll_keep, name="poll_keep"),
    path("s/<int:pk>/wall/polls/<int:poll>/<slug:move>/", board.poll_move, name="poll_move"),
    path("s/<int:pk>/wall/draws/add/", board.draw_keep, name="draw_add"),
    path("s/<int:pk>/wall/draws/<int:draw>/", board.draw_detail, name="draw_detail"),
    path("s/<int:pk>/wall/draws/<int:draw>/change/", board.draw_keep, name="draw_keep"),
    path("s/<int:pk>/wall/draws/<int:draw>/draw/", board.draw_draw, name="draw_draw"),
    path("s/<int:pk>/wall/draws/<int:draw>/lots/<int:lot>/hand-out/", board.prize_hand, name="prize_hand"),
    path("s/<int:pk>/wall/draws/<int:draw>/<slug:move>/", board.draw_move, name="draw_move"),
    path("stream/wall/<int:pk>/", walls.office_stream, name="office_stream"),
    path("wall/<str:token>/", walls.hall_wall, name="hall_wall"),
    path("wall/<str:token>/now/", walls.hall_now, name="hall_now"),
    path("stream/hall/<str:token>/", walls.hall_stream, name="hall_stream"),
    path("g/<str:token>/polls/<int:poll>/", public.poll_answer, name="poll_answer"),
    path("v/<slug:code>/", public.poll_hall, name="poll_hall"),
    path("draws/<slug:code>/", public.draw_public, name="draw_public"),
    path("draws/<slug:code>/draw.json", public.draw_file, name="draw_file"),
]
