from django.urls import path

from . import views

app_name = "approvals"
urlpatterns = [
    path("", views.case_list, name="case_list"),
    path("<int:pk>/", views.case_detail, name="case_detail"),
    path("<int:pk>/print/", views.case_print, name="case_print"),
    path("<int:pk>/decide/", views.case_decide, name="case_decide"),
    path("<int:pk>/acknowledge/", views.case_acknowledge, name="case_acknowledge"),
    path("<int:pk>/remark/", views.case_remark, name="case_remark"),
    path("<int:pk>/withdraw/", views.case_withdraw, name="case_withdraw"),
]
