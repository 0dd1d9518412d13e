from __future__ import annotations

from django.urls import path

from .views import contracts, offers, printing, purchases

app_name = "purchasing"
urlpatterns = [
    path("s/<int:pk>/purchases/", purchases.activity_purchases, name="activity_purchases"),
    path("purchases/", purchases.purchase_list, name="purchase_list"),
    path("purchases/add/", purchases.purchase_create, name="purchase_create"),
    path("purchases/<int:pk>/", purchases.purchase_detail, name="purchase_detail"),
    path("purchases/<int:pk>/print/", printing.purchase_print, name="purchase_print"),
    path("purchases/<int:pk>/change/", purchases.purchase_change, name="purchase_change"),
    path("purchases/<int:pk>/outlook/", purchases.purchase_outlook, name="purchase_outlook"),
    path("purchases/<int:pk>/lines/add/", purchases.line_add, name="line_add"),
    path("purchases/<int:pk>/lines/<int:line>/", purchases.line_change, name="line_change"),
    path("purchases/<int:pk>/lines/<int:line>/remove/", purchases.line_remove, name="line_remove"),
    path("purchases/<int:pk>/submit/", purchases.purchase_submit, name="purchase_submit"),
    path("purchases/<int:pk>/withdraw/", purchases.purchase_withdraw, name="purchase_withdraw"),
    path("purchases/<int:pk>/cancel/", purchases.purchase_cancel, name="purchase_cancel"),
    path("purchases/<int:pk>/reopen/", purchases.purchase_reopen, name="purchase_reopen"),
    path("purchases/<int:pk>/quotes/add/", offers.quote_add, name="quote_add"),
    path("purchases/<int:pk>/quotes/<int:quote>/", offers.quote_change, name="quote_change"),
    path("purchases/<int:pk>/quotes/<int:quote>/withdraw/", offers.quote_withdraw, name="quote_withdraw"),
    path("purchases/<int:pk>/quotes/<int:quote>/value/", offers.quote_value, name="quote_value"),
    path("purchases/<int:pk>/award/", offers.purchase_award, name="purchase_award"),
    path("purchases/<int:pk>/award/back/", offers.award_take_back, name="award_take_back"),
    path("purchases/<int:pk>/award/rest/", offers.rest_drop, name="rest_drop"),
    path("purchases/<int:pk>/exception/", offers.exception_ask, name="exception_ask"),
    path("purchases/<int:pk>/tender/", offers.tender_detail, name="tender_detail"),
    path("purchases/<int:pk>/tender/announce/", offers.tender_announce, name="tender_announce"),
    path("purchases/<int:pk>/tender/bid/", offers.bid_receive, name="bid_receive"),
    path("purchases/<int:pk>/tender/open/", offers.tender_open, name="tender_open"),
    path("purchases/<int:pk>/tender/committee/", offers.jury_name, name="jury_name"),
    path("purchases/<int:pk>/tender/score/", offers.bids_score, name="bids_score"),
    path("purchases/<int:pk>/contracts/<int:supplier>/", contracts.contract_add, name="contract_add"),
    path("contracts/", contracts.contract_list, name="contract_list"),
    path("contracts/<int:pk>/", contracts.contract_detail, name="contract_detail"),
    path("contracts/<int:pk>/print/", printing.contract_print, name="contract_print"),
    path("contracts/<int:pk>/change/", contracts.contract_change, name="contract_change"),
    path("contracts/<int:pk>/outlook/", contracts.contract_outlook, name="contract_outlook"),
    path("contracts/<int:pk>/instalments/add/", contracts.instalment_add, name="instalment_add"),
    path(
        "contracts/<int:pk>/instalments/<int:instalment>/", contracts.instalment_change, name="instalment_change"
    ),
    path(
        "contracts/<int:pk>/instalments/<int:instalment>/remove/", contracts.instalment_remove, name="instalment_remove"
    ),
    path("contracts/<int:pk>/instalments/<int:instalment>/settle/", contracts.advance_settle, name="advance_settle"),
    path("contracts/<int:pk>/submit/", contracts.contract_submit, name="contract_submit"),
    path("contracts/<int:pk>/withdraw/", contracts.contract_withdraw, name="contract_withdraw"),
    path("contracts/<int:pk>/sign/", contracts.contract_sign, name="contract_sign"),
    path("contracts/<int:pk>/amend/", contracts.contract_amend, name="contract_amend"),
    path("contracts/<int:pk>/keeper/", contracts.contract_keep, name="contract_keep"),
    path("contracts/<int:pk>/complete/", contracts.contract_complete, name="contract_complete"),
    path("contracts/<int:pk>/cancel/", contracts.contract_cancel, name="contract_cancel"),
]  # fmt: skip
