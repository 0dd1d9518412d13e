from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import views

app_name = "work"


class DayConverter(StringConverter):
    """A date in an address, `2024-08-02`."""

    regex = r"\d{4}-\d{2}-\d{2}"


register_converter(DayConverter, "day")

urlpatterns = [
    path("work/today/", views.my_tasks, name="my_tasks"),
    path("s/<int:pk>/schedule/", views.schedule_detail, name="schedule_detail"),
    path("s/<int:pk>/schedule/data/", views.schedule_data, name="schedule_data"),
    path("s/<int:pk>/schedule/drag/", views.task_drag, name="task_drag"),
    path("s/<int:pk>/schedule/tasks/new/", views.task_add, name="task_add"),
    path("s/<int:pk>/schedule/tasks/<int:task>/", views.task_edit, name="task_edit"),
    path("s/<int:pk>/schedule/tasks/<int:task>/row/", views.task_row, name="task_row"),
    path("s/<int:pk>/schedule/tasks/<int:task>/row/edit/", views.task_row_edit, name="task_row_edit"),
    path("s/<int:pk>/schedule/tasks/<int:task>/effect/", views.task_effect, name="task_effect"),
    path("s/<int:pk>/schedule/tasks/<int:task>/move/", views.task_move, name="task_move"),
    path(
        "s/<int:pk>/schedule/tasks/<int:task>/restore/<day:start>/<day:end>/",
        views.task_restore,
        name="task_restore",
    ),
    path("s/<int:pk>/schedule/tasks/<int:task>/state/", views.task_state, name="task_state"),
    path("s/<int:pk>/schedule/tasks/<int:task>/progress/", views.task_progress, name="task_progress"),
    path("s/<int:pk>/schedule/tasks/<int:task>/link/", views.task_link, name="task_link"),
    path("s/<int:pk>/schedule/tasks/<int:task>/unlink/", views.task_unlink, name="task_unlink"),
    path("s/<int:pk>/schedule/tasks/<int:task>/delete/", views.task_delete, name="task_delete"),
    path("s/<int:pk>/schedule/division/new/", views.assignment_add, name="assignment_add"),
    path("s/<int:pk>/schedule/division/<int:row>/", views.assignment_edit, name="assignment_edit"),
    path("s/<int:pk>/schedule/division/<int:row>/state/", views.assignment_state, name="assignment_state"),
    path("s/<int:pk>/schedule/division/<int:row>/delete/", views.assignment_delete, name="assignment_delete"),
]
