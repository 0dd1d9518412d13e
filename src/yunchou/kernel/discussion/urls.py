from django.urls import path

from .views import comments, notes

app_name = "discussion"
urlpatterns = [
    path("s/<int:pk>/talk/", comments.room, name="room"),
    path("s/<int:pk>/talk/stream/", comments.stream, name="stream"),
    path("s/<int:pk>/talk/people/", comments.people, name="people"),
    path("s/<int:pk>/talk/seen/", comments.seen, name="seen"),
    path("s/<int:pk>/talk/add/", comments.comment_add, name="comment_add"),
    path("s/<int:pk>/talk/comment/<int:comment>/edit/", comments.comment_edit, name="comment_edit"),
    path("s/<int:pk>/talk/comment/<int:comment>/remove/", comments.comment_remove, name="comment_remove"),
    path("s/<int:pk>/talk/row/<slug:table>/<int:row>/", comments.row_talk, name="row_talk"),
    path("s/<int:pk>/talk/announcements/add/", notes.announcement_add, name="announcement_add"),
    path(
        "s/<int:pk>/talk/announcements/<int:announcement>/",
        notes.announcement_detail,
        name="announcement_detail",
    ),
    path(
        "s/<int:pk>/talk/announcements/<int:announcement>/read/",
        notes.announcement_read,
        name="announcement_read",
    ),
    path(
        "s/<int:pk>/talk/announcements/<int:announcement>/again/",
        notes.announcement_ask_again,
        name="announcement_ask_again",
    ),
    path(
        "s/<int:pk>/talk/announcements/<int:announcement>/retract/",
        notes.announcement_retract,
        name="announcement_retract",
    ),
    path("s/<int:pk>/talk/decisions/", notes.decision_list, name="decision_list"),
    path("s/<int:pk>/talk/decisions/add/", notes.decision_add, name="decision_add"),
    path("s/<int:pk>/talk/reminders/add/", notes.reminder_add, name="reminder_add"),
    path("s/<int:pk>/talk/reminders/<int:duty>/done/", notes.reminder_done, name="reminder_done"),
    path("s/<int:pk>/talk/files/add/", notes.file_add, name="file_add"),
    path("s/<int:pk>/talk/files/<int:attachment>/replace/", notes.file_replace, name="file_replace"),
]
