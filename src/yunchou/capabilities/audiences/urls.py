from __future__ import annotations

from django.urls import path

from .views import conditions, lists, segments

app_name = "audiences"
urlpatterns = [
    path("segments/", segments.segment_list, name="segment_list"),
    path("segments/add/", segments.segment_add, name="segment_add"),
    path("segments/builder/", conditions.builder, name="builder"),
    path("segments/count/", conditions.segment_count, name="segment_count"),
    path("segments/<int:pk>/", segments.segment_detail, name="segment_detail"),
    path("segments/<int:pk>/retire/", segments.segment_retire, name="segment_retire"),
    path("s/<int:pk>/audience/", lists.list_board, name="list_board"),
    path("s/<int:pk>/audience/add/", lists.list_add, name="list_add"),
    path("s/<int:pk>/audience/count/", conditions.list_count, name="new_list_count"),
    path("s/<int:pk>/audience/<int:target>/", lists.list_detail, name="list_detail"),
    path("s/<int:pk>/audience/<int:target>/count/", conditions.list_count, name="list_count"),
    path("s/<int:pk>/audience/<int:target>/freeze/", lists.list_freeze, name="list_freeze"),
    path("s/<int:pk>/audience/<int:target>/extend/", lists.list_extend, name="list_extend"),
    path("s/<int:pk>/audience/<int:target>/drop/", lists.list_drop, name="list_drop"),
]
