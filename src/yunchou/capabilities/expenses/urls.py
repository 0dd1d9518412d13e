from django.urls import path

from .views import analyses, claims, parts, reports

app_name = "expenses"
urlpatterns = [
    path("s/<int:pk>/expenses/", claims.activity_expenses, name="activity_expenses"),
    path("expenses/", claims.claim_list, name="claim_list"),
    path("expenses/new/", claims.claim_add, name="claim_add"),
    path("expenses/chart/", reports.chart_detail, name="chart_detail"),
    path("expenses/reports/", reports.report_list, name="report_list"),
    path("expenses/reports/<int:pk>/", reports.report_detail, name="report_detail"),
    path("expenses/reports/<int:pk>/note/", reports.report_note, name="report_note"),
    path("expenses/reports/<int:pk>/verify/", reports.report_verify, name="report_verify"),
    path("expenses/reports/<int:pk>/send/", reports.report_send, name="report_send"),
    path("expenses/reports/<int:pk>/close/", reports.report_close, name="report_close"),
    path("expenses/analyses/", analyses.analysis_list, name="analysis_list"),
    path("expenses/analyses/new/", analyses.analysis_add, name="analysis_add"),
    path("expenses/analyses/<int:pk>/", analyses.analysis_detail, name="analysis_detail"),
    path("expenses/analyses/<int:pk>/cite/", analyses.analysis_cite, name="analysis_cite"),
    path("expenses/<int:pk>/", claims.claim_detail, name="claim_detail"),
    path("expenses/<int:pk>/texts/", parts.texts_save, name="texts_save"),
    path("expenses/<int:pk>/payee/", parts.payee_set, name="payee_set"),
    path("expenses/<int:pk>/lines/new/", parts.line_add, name="line_add"),
    path("expenses/<int:pk>/lines/<int:line>/", parts.line_change, name="line_change"),
    path("expenses/<int:pk>/lines/<int:line>/remove/", parts.line_remove, name="line_remove"),
    path("expenses/<int:pk>/outlook/", parts.outlook_show, name="outlook_show"),
    path("expenses/<int:pk>/vouchers/new/", parts.voucher_add, name="voucher_add"),
    path("expenses/<int:pk>/vouchers/<int:voucher>/", parts.voucher_change, name="voucher_change"),
    path("expenses/<int:pk>/vouchers/<int:voucher>/remove/", parts.voucher_remove, name="voucher_remove"),
    path("expenses/<int:pk>/send/", claims.claim_send, name="claim_send"),
    path("expenses/<int:pk>/withdraw/", claims.claim_withdraw, name="claim_withdraw"),
    path("expenses/<int:pk>/discard/", claims.claim_discard, name="claim_discard"),
    path("expenses/<int:pk>/pay/", claims.claim_pay, name="claim_pay"),
    path("expenses/<int:pk>/reverse/", claims.claim_reverse, name="claim_reverse"),
    path("expenses/<int:pk>/print/", claims.claim_print, name="claim_print"),
]
