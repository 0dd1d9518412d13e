from django.urls import path

from .views import audits, findings, outside, teams

app_name = "supervision"
urlpatterns = [
    path("supervision/", teams.team_list, name="team_list"),
    path("supervision/add/", teams.team_add, name="team_add"),
    path("supervision/<int:pk>/", teams.team_detail, name="team_detail"),
    path("supervision/<int:pk>/change/", teams.team_change, name="team_change"),
    path("supervision/<int:pk>/plan/", teams.team_plan, name="team_plan"),
    path("supervision/notes/<int:pk>/answer/", teams.note_answer, name="note_answer"),
    path("supervision/audits/", audits.audit_list, name="audit_list"),
    path("supervision/audits/open/", audits.audit_open, name="audit_open"),
    path("supervision/audits/plans/", audits.audit_plan_list, name="audit_plan_list"),
    path("supervision/audits/plans/add/", audits.audit_plan_add, name="audit_plan_add"),
    path("supervision/audits/plans/<int:pk>/change/", audits.audit_plan_change, name="audit_plan_change"),
    path("supervision/audits/plans/<int:pk>/end/", audits.audit_plan_end, name="audit_plan_end"),
    path("supervision/audits/<int:pk>/", audits.audit_detail, name="audit_detail"),
    path("supervision/audits/<int:pk>/start/", audits.audit_start, name="audit_start"),
    path("supervision/audits/<int:pk>/report/", audits.audit_report, name="audit_report"),
    path("supervision/audits/<int:pk>/demand/", audits.audit_demand, name="audit_demand"),
    path("supervision/audits/<int:pk>/close/", audits.audit_close, name="audit_close"),
    path("supervision/audits/<int:pk>/findings/add/", audits.finding_add, name="finding_add"),
    path("supervision/audits/<int:pk>/items/<int:item>/", audits.item_examine, name="item_examine"),
    path("supervision/findings/", findings.finding_list, name="finding_list"),
    path("supervision/findings/<int:pk>/", findings.finding_detail, name="finding_detail"),
    path("supervision/findings/<int:pk>/change/", findings.finding_change, name="finding_change"),
    path("supervision/findings/<int:pk>/withdraw/", findings.finding_withdraw, name="finding_withdraw"),
    path("supervision/findings/<int:pk>/answer/", findings.finding_answer, name="finding_answer"),
    path("supervision/findings/<int:pk>/correct/", findings.finding_correct, name="finding_correct"),
    path(
        "supervision/findings/<int:pk>/corrections/<int:correction>/",
        findings.correction_verify,
        name="correction_verify",
    ),
    path("supervision/outside/", outside.outside_list, name="outside_list"),
    path("s/<int:pk>/guidance/", teams.note_list, name="note_list"),
    path("s/<int:pk>/outside/", outside.outside_detail, name="outside_detail"),
    path("s/<int:pk>/outside/commission/", outside.outside_commission, name="outside_commission"),
    path("s/<int:pk>/outside/<int:evaluation>/report/", outside.outside_report, name="outside_report"),
    path("s/<int:pk>/outside/<int:evaluation>/cancel/", outside.outside_cancel, name="outside_cancel"),
    path("s/<int:pk>/outside/<int:evaluation>/measures/", outside.measure_add, name="measure_add"),
]
