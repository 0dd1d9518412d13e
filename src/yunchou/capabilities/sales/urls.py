from __future__ import annotations

from django.urls import path

from .api import api
from .views import board, leads, orders, public, targeted

app_name = "sales"
urlpatterns = [
    path("s/<int:pk>/sales/", board.board, name="board"),
    path("s/<int:pk>/sales/people/<slug:among>/", board.customer_options, name="customer_options"),
    path("s/<int:pk>/sales/figures/<int:series>/compute/", board.figure_take_over, name="figure_take_over"),
    path("s/<int:pk>/sales/leads/add/", leads.lead_add, name="lead_add"),
    path("s/<int:pk>/sales/leads/import/", leads.lead_import, name="lead_import"),
    path("s/<int:pk>/sales/leads/template.csv", leads.lead_template, name="lead_template"),
    path("s/<int:pk>/sales/leads/<int:lead>/", leads.lead_detail, name="lead_detail"),
    path("s/<int:pk>/sales/leads/<int:lead>/change/", leads.lead_change, name="lead_change"),
    path("s/<int:pk>/sales/leads/<int:lead>/contact/", leads.lead_contact, name="lead_contact"),
    path("s/<int:pk>/sales/leads/<int:lead>/assign/", leads.lead_assign, name="lead_assign"),
    path("s/<int:pk>/sales/leads/<int:lead>/gift/", leads.lead_gift, name="lead_gift"),
    path("s/<int:pk>/sales/leads/<int:lead>/move/<slug:move>/", leads.lead_move, name="lead_move"),
    path("s/<int:pk>/sales/forms/add/", leads.form_open, name="form_open"),
    path("s/<int:pk>/sales/forms/<int:form>/close/", leads.form_close, name="form_close"),
    path("s/<int:pk>/sales/forms/<int:form>/poster/", leads.form_poster, name="form_poster"),
    path("s/<int:pk>/sales/orders/add/", orders.order_add, name="order_add"),
    path("s/<int:pk>/sales/orders/import/", orders.order_import, name="order_import"),
    path("s/<int:pk>/sales/orders/template.csv", orders.order_template, name="order_template"),
    path("s/<int:pk>/sales/orders/<int:order>/cancel/", orders.order_cancel, name="order_cancel"),
    path("s/<int:pk>/sales/offers/add/", targeted.offer_add, name="offer_add"),
    path("s/<int:pk>/sales/offers/<int:offer>/change/", targeted.offer_change, name="offer_change"),
    path("s/<int:pk>/sales/offers/<int:offer>/prospects/", targeted.prospects_add, name="prospects_add"),
    path("s/<int:pk>/sales/prospects/<int:prospect>/", targeted.prospect_answer, name="prospect_answer"),
    path("s/<int:pk>/sales/benefits/birthdays/", targeted.birthdays_draw, name="birthdays_draw"),
    path("s/<int:pk>/sales/benefits/add/", targeted.benefit_add, name="benefit_add"),
    path("s/<int:pk>/sales/benefits/<int:benefit>/give/", targeted.benefit_give, name="benefit_give"),
    path("s/<int:pk>/sales/benefits/<int:benefit>/remove/", targeted.benefit_remove, name="benefit_remove"),
    path("orders/", board.order_list, name="order_list"),
    path("f/<str:token>/", public.public_form, name="public_form"),
    path("api/v1/", api.urls),
]
