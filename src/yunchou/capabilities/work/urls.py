from django.urls import path, register_converter
from django.urls.converters import StringConverter

from .views import (
    dates,
    day,
    deliveries,
    division,
    plans,
    portfolio,
    standards,
    tab,
    tasks,
    team,
    templates,
)

app_name = "work"


class DayConverter(StringConverter):
    """A date in an address, `2024-08-02`."""

    regex = r"\d{4}-\d{2}-\d{2}"


register_converter(DayConverter, "day")

urlpatterns = [
    path("work/today/", day.my_tasks, name="my_tasks"),
    path("work/portfolio/", portfolio.portfolio, name="portfolio"),
    path("work/templates/", templates.template_list, name="template_list"),
    path("work/templates/new/", templates.template_add, name="template_add"),
    path("work/templates/<int:pk>/", templates.template_detail, name="template_detail"),
    path("work/templates/<int:pk>/edit/", templates.template_edit, name="template_edit"),
    path("work/templates/<int:pk>/delete/", templates.template_delete, name="template_delete"),
    path("work/templates/<int:pk>/tasks/new/", templates.template_task_add, name="template_task_add"),
    path(
        "work/templates/<int:pk>/tasks/<int:task>/", templates.template_task_edit, name="template_task_edit"
    ),
    path(
        "work/templates/<int:pk>/tasks/<int:task>/delete/",
        templates.template_task_delete,
        name="template_task_delete",
    ),
    path("work/standards/", standards.standard_list, name="standard_list"),
    path("work/standards/new/", standards.standard_add, name="standard_add"),
    path("work/standards/<int:pk>/", standards.standard_detail, name="standard_detail"),
    path("work/standards/<int:pk>/edit/", standards.standard_edit, name="standard_edit"),
    path("work/standards/<int:pk>/delete/", standards.standard_delete, name="standard_delete"),
    path("work/standards/<int:pk>/parts/new/", standards.part_add, name="part_add"),
    path("work/standards/<int:pk>/parts/<int:part>/", standards.part_edit, name="part_edit"),
    path("work/standards/<int:pk>/parts/<int:part>/delete/", standards.part_delete, name="part_delete"),
    path("s/<int:pk>/schedule/team/lead/", team.team_lead, name="team_lead"),
    path("s/<int:pk>/schedule/team/form/", team.team_form, name="team_form"),
    path("s/<int:pk>/schedule/team/new/", team.team_add, name="team_add"),
    path("s/<int:pk>/schedule/team/<int:member>/", team.team_edit, name="team_edit"),
    path("s/<int:pk>/schedule/team/<int:member>/remove/", team.team_remove, name="team_remove"),
    path("s/<int:pk>/schedule/team/outside/new/", team.outsider_add, name="outsider_add"),
    path("s/<int:pk>/schedule/team/outside/<int:outsider>/", team.outsider_edit, name="outsider_edit"),
    path(
        "s/<int:pk>/schedule/team/outside/<int:outsider>/remove/",
        team.outsider_remove,
        name="outsider_remove",
    ),
    path("s/<int:pk>/schedule/<slug:table>/<int:row>/hand-in/", deliveries.hand_in, name="hand_in"),
    path("s/<int:pk>/schedule/deliveries/<int:delivery>/", deliveries.delivery, name="delivery"),
    path("s/<int:pk>/schedule/end-day/", plans.end_day, name="end_day"),
    path("s/<int:pk>/schedule/plan/", templates.plan, name="plan"),
    path("s/<int:pk>/schedule/template/", templates.template_from, name="template_from"),
    path("s/<int:pk>/schedule/event/", plans.event, name="event"),
    path("s/<int:pk>/schedule/", tab.schedule_detail, name="schedule_detail"),
    path("s/<int:pk>/schedule/data/", tab.schedule_data, name="schedule_data"),
    path("s/<int:pk>/schedule/drag/", dates.task_drag, name="task_drag"),
    path("s/<int:pk>/schedule/readiness/", plans.readiness, name="readiness"),
    path("s/<int:pk>/schedule/tasks/<int:task>/late/", plans.task_late, name="task_late"),
    path("s/<int:pk>/schedule/days/", plans.count_days, name="count_days"),
    path("s/<int:pk>/schedule/baselines/new/", plans.baseline_add, name="baseline_add"),
    path(
        "s/<int:pk>/schedule/baselines/<int:baseline>/delete/", plans.baseline_delete, name="baseline_delete"
    ),
    path("s/<int:pk>/schedule/tasks/new/", tasks.task_add, name="task_add"),
    path("s/<int:pk>/schedule/tasks/waits/", tasks.task_waits, name="task_waits"),
    path("s/<int:pk>/schedule/tasks/<int:task>/", tasks.task_edit, name="task_edit"),
    path("s/<int:pk>/schedule/tasks/<int:task>/row/", tasks.task_row, name="task_row"),
    path("s/<int:pk>/schedule/tasks/<int:task>/row/edit/", tasks.task_row_edit, name="task_row_edit"),
    path("s/<int:pk>/schedule/tasks/<int:task>/effect/", dates.task_effect, name="task_effect"),
    path("s/<int:pk>/schedule/tasks/<int:task>/move/", dates.task_move, name="task_move"),
    path(
        "s/<int:pk>/schedule/tasks/<int:task>/restore/<day:start>/<day:end>/",
        dates.task_restore,
        name="task_restore",
    ),
    path("s/<int:pk>/schedule/tasks/<int:task>/state/", tasks.task_state, name="task_state"),
    path("s/<int:pk>/schedule/tasks/<int:task>/progress/", tasks.task_progress, name="task_progress"),
    path("s/<int:pk>/schedule/tasks/<int:task>/link/", tasks.task_link, name="task_link"),
    path("s/<int:pk>/schedule/tasks/<int:task>/unlink/", tasks.task_unlink, name="task_unlink"),
    path("s/<int:pk>/schedule/tasks/<int:task>/delete/", tasks.task_delete, name="task_delete"),
    path("s/<int:pk>/schedule/division/new/", division.assignment_add, name="assignment_add"),
    path("s/<int:pk>/schedule/division/<int:row>/", division.assignment_edit, name="assignment_edit"),
    path("s/<int:pk>/schedule/division/<int:row>/state/", division.assignment_state, name="assignment_state"),
    path(
        "s/<int:pk>/schedule/division/<int:row>/delete/", division.assignment_delete, name="assignment_delete"
    ),
]
