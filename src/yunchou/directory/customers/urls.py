from __future__ import annotations

from django.urls import path

from .views import cooperations, granting, keeping, lists, register

app_name = "customers"
urlpatterns = [
    path("", register.customer_list, name="customer_list"),
    path("search/", register.customer_search, name="customer_search"),
    path("add/", register.customer_add, name="customer_add"),
    path("alike/", register.customer_alike, name="customer_alike"),
    path("data-map/", register.data_map, name="data_map"),
    path("<int:pk>/", register.customer_detail, name="customer_detail"),
    path("<int:pk>/change/", register.customer_change, name="customer_change"),
    path("<int:pk>/sensitive/", register.customer_sensitive, name="customer_sensitive"),
    path("<int:pk>/verify/", register.customer_verify, name="customer_verify"),
    path("<int:pk>/move/", register.customer_move, name="customer_move"),
    path("<int:pk>/reveal/<slug:field>/", register.customer_reveal, name="customer_reveal"),
    path("<int:pk>/grade/", keeping.customer_grade, name="customer_grade"),
    path("<int:pk>/mark/", keeping.customer_mark, name="customer_mark"),
    path("<int:pk>/consents/", keeping.consent_give, name="consent_give"),
    path("<int:pk>/consents/<slug:purpose>/", keeping.consent_give, name="consent_give_for"),
    path("<int:pk>/consents/<slug:purpose>/withdraw/", keeping.consent_withdraw, name="consent_withdraw"),
    path("<int:pk>/cooperations/", cooperations.cooperation_add, name="cooperation_add"),
    path(
        "<int:pk>/cooperations/<int:cooperation>/",
        cooperations.cooperation_change,
        name="cooperation_change",
    ),
    path("<int:pk>/touches/", keeping.touch_add, name="touch_add"),
    path("<int:pk>/history/", register.touch_list, name="touch_list"),
    path("<int:pk>/merge/", keeping.merge_start, name="merge_start"),
    path("<int:pk>/merge/<int:other>/", keeping.customer_merge, name="customer_merge"),
    path("<int:pk>/erase/", keeping.customer_erase, name="customer_erase"),
    path("grants/", granting.grant_list, name="grant_list"),
    path("grants/add/", granting.grant_add, name="grant_add"),
    path("grants/<int:pk>/end/", granting.grant_end, name="grant_end"),
    path("sources/", keeping.source_list, name="source_list"),
    path("sources/add/", keeping.source_add, name="source_add"),
    path("sources/<int:pk>/close/", keeping.source_close, name="source_close"),
    path("notices/publish/", keeping.notice_publish, name="notice_publish"),
    path("lists/", lists.list_start, name="list_start"),
    path("lists/<int:pk>/", lists.list_import, name="list_import"),
    path("lists/<int:pk>/columns/", lists.list_map, name="list_map"),
    path("lists/<int:pk>/choose/", lists.list_choose, name="list_choose"),
    path("lists/<int:pk>/take/", lists.list_take, name="list_take"),
    path("lists/<int:pk>/marked/", lists.list_marked, name="list_marked"),
    path("exports/", lists.export_list, name="export_list"),
    path("exports/ask/", lists.export_ask, name="export_ask"),
    path("exports/<int:pk>/", lists.export_detail, name="export_detail"),
    path("exports/<int:pk>/<slug:decision>/", lists.export_decide, name="export_decide"),
    path("exports/<int:pk>/take/file/", lists.export_file, name="export_file"),
]
