from django.urls import path

from . import views

app_name = "reviews"

urlpatterns = [
    path("s/<int:pk>/review/", views.review_detail, name="review_detail"),
    path("s/<int:pk>/review/open/", views.evaluation_open, name="evaluation_open"),
    path("s/<int:pk>/review/take/", views.actuals_take, name="actuals_take"),
    path("s/<int:pk>/review/gain/", views.gain_edit, name="gain_edit"),
    path("s/<int:pk>/review/meeting/", views.meeting_edit, name="meeting_edit"),
    path("s/<int:pk>/review/submit/", views.retrospective_submit, name="retrospective_submit"),
    path("s/<int:pk>/review/actions/<int:item>/done/", views.action_finish, name="action_finish"),
    path("s/<int:pk>/review/actions/<int:item>/verify/", views.action_verify, name="action_verify"),
]
