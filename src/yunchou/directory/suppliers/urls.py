from __future__ import annotations

from django.urls import path

from .views import documents, lists, register, standing

app_name = "suppliers"
urlpatterns = [
    path("", register.supplier_list, name="supplier_list"),
    path("add/", register.supplier_add, name="supplier_add"),
    path("alike/", register.supplier_alike, name="supplier_alike"),
    path("options/", register.supplier_options, name="supplier_options"),
    path("<int:pk>/", register.supplier_detail, name="supplier_detail"),
    path("<int:pk>/change/", register.supplier_change, name="supplier_change"),
    path("<int:pk>/move/", register.supplier_move, name="supplier_move"),
    path("<int:pk>/account/", register.account_show, name="account_show"),
    path("<int:pk>/account/confirm/", register.account_confirm, name="account_confirm"),
    path("<int:pk>/cases/<str:key>/", register.supplier_cases, name="supplier_cases"),
    path("<int:pk>/grade/", standing.supplier_grade, name="supplier_grade"),
    path("<int:pk>/block/", standing.supplier_block, name="supplier_block"),
    path("<int:pk>/unblock/", standing.supplier_unblock, name="supplier_unblock"),
    path("<int:pk>/merge/", standing.supplier_merge, name="supplier_merge"),
    path("<int:pk>/documents/", documents.document_add, name="document_add"),
    path("documents/<int:pk>/renew/", documents.document_renew, name="document_renew"),
    path("documents/<int:pk>/remove/", documents.document_remove, name="document_remove"),
    path("lists/", lists.list_start, name="list_start"),
    path("lists/template/", lists.list_template, name="list_template"),
    path("lists/export/", lists.list_export, name="list_export"),
    path("lists/<int:pk>/", lists.list_import, name="list_import"),
    path("lists/<int:pk>/apply/", lists.list_apply, name="list_apply"),
    path("lists/<int:pk>/marked/", lists.list_marked, name="list_marked"),
]
