from django.urls import path

from . import drawing_views, views

app_name = "operations"
urlpatterns = [
    path("s/<int:pk>/reports/", views.report_list, name="report_list"),
    path("s/<int:pk>/reports/new/", views.report_new, name="report_new"),
    path("s/<int:pk>/reports/<int:report>/correct/", views.report_correct, name="report_correct"),
    path("s/<int:pk>/reports/data/new/", views.data_report_new, name="data_report_new"),
    path(
        "s/<int:pk>/reports/data/<int:report>/correct/", views.data_report_correct, name="data_report_correct"
    ),
    path("s/<int:pk>/risks/", views.risk_list, name="risk_list"),
    path("s/<int:pk>/risks/<int:risk>/trigger/", views.risk_trigger, name="risk_trigger"),
    path("s/<int:pk>/risks/<int:risk>/settings/", views.risk_settings, name="risk_settings"),
    path("s/<int:pk>/risks/<int:risk>/log/", views.risk_log, name="risk_log"),
    path("s/<int:pk>/risks/<int:risk>/close/", views.risk_close, name="risk_close"),
    path("s/<int:pk>/risks/<int:risk>/draw/", drawing_views.risk_draw, name="risk_draw"),
    path("s/<int:pk>/issues/new/", views.issue_new, name="issue_new"),
    path("issues/<int:pk>/", views.issue_detail, name="issue_detail"),
    path("issues/<int:pk>/decide/", views.issue_decide, name="issue_decide"),
    path("issues/<int:pk>/size/", views.issue_size, name="issue_size"),
    path("issues/<int:pk>/adjust/", views.issue_adjust, name="issue_adjust"),
    path("issues/<int:pk>/verify/", views.issue_verify, name="issue_verify"),
    path("issues/<int:pk>/close/", views.issue_close, name="issue_close"),
]
