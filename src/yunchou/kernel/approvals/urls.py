from django.urls import path

from . import views

app_name = "approvals"
urlpatterns = [
    path("", views.case_list, name="case_list"),
    path("together/", views.case_batch, name="case_batch"),
    path("delegations/", views.delegation_list, name="delegation_list"),
    path("delegations/<int:pk>/end/", views.delegation_end, name="delegation_end"),
    path("opinions/", views.opinion_list, name="opinion_list"),
    path("opinions/<int:pk>/drop/", views.opinion_drop, name="opinion_drop"),
    path("<int:pk>/", views.case_detail, name="case_detail"),
    path("<int:pk>/print/", views.case_print, name="case_print"),
    path("<int:pk>/decide/", views.case_decide, name="case_decide"),
    path("<int:pk>/return/", views.case_return, name="case_return"),
    path("<int:pk>/acknowledge/", views.case_acknowledge, name="case_acknowledge"),
    path("<int:pk>/withdraw/", views.case_withdraw, name="case_withdraw"),
    path("<int:pk>/amend/", views.case_amend, name="case_amend"),
    path("<int:pk>/signers/", views.case_signers, name="case_signers"),
    path("<int:pk>/transfer/", views.case_transfer, name="case_transfer"),
    path("<int:pk>/copy/", views.case_copy, name="case_copy"),
    path("<int:pk>/remark/", views.case_remark, name="case_remark"),
    path("<int:pk>/ask/", views.case_ask, name="case_ask"),
    path("<int:pk>/questions/<int:question>/answer/", views.case_answer, name="case_answer"),
    path("<int:pk>/urge/", views.case_urge, name="case_urge"),
]
