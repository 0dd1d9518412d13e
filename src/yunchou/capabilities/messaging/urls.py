"""Addresses of texts, senders and addresses left alone."""

from __future__ import annotations

from django.urls import path

from .views import texts

app_name = "messaging"
urlpatterns = [
    path("", texts.text_list, name="text_list"),
    path("texts/add/", texts.text_add, name="text_add"),
    path("texts/<int:pk>/", texts.text_change, name="text_change"),
    path("texts/<int:pk>/close/", texts.text_close, name="text_close"),
    path("senders/", texts.sender_keep, name="sender_keep"),
    path("stops/", texts.stop_list, name="stop_list"),
    path("stops/bounces/", texts.bounces_take, name="bounces_take"),
    path("stops/<int:pk>/free/", texts.stop_free, name="stop_free"),
]
