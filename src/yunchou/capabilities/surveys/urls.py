from __future__ import annotations

from django.urls import path

from .views import board, building, interviews, people, public, results

app_name = "surveys"
urlpatterns = [
    path("s/<int:pk>/surveys/", board.board, name="board"),
    path("s/<int:pk>/surveys/add/", board.survey_add, name="survey_add"),
    path("s/<int:pk>/surveys/clients/", people.customer_options, name="customer_options"),
    path("s/<int:pk>/surveys/interviews/add/", interviews.interview_add, name="interview_add"),
    path("s/<int:pk>/surveys/interviews/<int:interview>/", interviews.interview_change, name="interview_change"),
    path("s/<int:pk>/surveys/interviews/<int:interview>/remove/", interviews.interview_remove, name="interview_remove"),
    path("s/<int:pk>/surveys/<int:survey>/", building.survey_detail, name="survey_detail"),
    path("s/<int:pk>/surveys/<int:survey>/change/", building.survey_change, name="survey_change"),
    path("s/<int:pk>/surveys/<int:survey>/remove/", building.survey_remove, name="survey_remove"),
    path("s/<int:pk>/surveys/<int:survey>/preview/", building.survey_preview, name="survey_preview"),
    path("s/<int:pk>/surveys/<int:survey>/open/", building.survey_open, name="survey_open"),
    path("s/<int:pk>/surveys/<int:survey>/close/", building.survey_close, name="survey_close"),
    path("s/<int:pk>/surveys/<int:survey>/closing/", building.closing_set, name="closing_set"),
    path("s/<int:pk>/surveys/<int:survey>/questions/order/", building.question_order, name="question_order"),
    path("s/<int:pk>/surveys/<int:survey>/questions/add/<slug:kind>/", building.question_add, name="question_add"),
    path("s/<int:pk>/surveys/<int:survey>/questions/<int:question>/", building.question_change, name="question_change"),
    path("s/<int:pk>/surveys/<int:survey>/questions/<int:question>/remove/", building.question_remove, name="question_remove"),
    path("s/<int:pk>/surveys/<int:survey>/questions/<int:question>/move/", building.question_move, name="question_move"),
    path("s/<int:pk>/surveys/<int:survey>/people/add/", people.people_ask, name="people_ask"),
    path("s/<int:pk>/surveys/<int:survey>/people/<int:recipient>/remove/", people.people_remove, name="people_remove"),
    path("s/<int:pk>/surveys/<int:survey>/people/remind/", people.people_remind, name="people_remind"),
    path("s/<int:pk>/surveys/<int:survey>/open-link/", people.open_link_set, name="open_link_set"),
    path("s/<int:pk>/surveys/<int:survey>/answers/<int:response>/aside/", results.response_aside, name="response_aside"),
    path("s/<int:pk>/surveys/<int:survey>/answers/<int:response>/count/", results.response_count, name="response_count"),
    path("q/o/<str:token>/", public.open_answer, name="open_answer"),
    path("q/<str:token>/", public.answer, name="answer"),
]  # fmt: skip
