from django.urls import path

from . import listing_views, views

app_name = "sheets"
urlpatterns = [
    path("lists/<str:key>/export/", listing_views.listing_take, name="listing_take"),
    path("lists/exports/<int:pk>/", listing_views.listing_file, name="listing_file"),
    path("s/<int:pk>/table/<slug:table>/", views.table, name="table"),
    path("s/<int:pk>/table/<slug:table>/add/", views.row_add, name="row_add"),
    path("s/<int:pk>/table/<slug:table>/rows/<int:row>/", views.row_edit, name="row_edit"),
    path("s/<int:pk>/table/<slug:table>/rows/<int:row>/delete/", views.row_delete, name="row_delete"),
    path("s/<int:pk>/table/<slug:table>/rows/<int:row>/move/", views.row_move, name="row_move"),
    path("s/<int:pk>/table/<slug:table>/totals/", views.footer_edit, name="footer_edit"),
    path("s/<int:pk>/findings/", views.findings, name="findings"),
    path("s/<int:pk>/findings/<slug:finding>/apply/", views.fix_apply, name="fix_apply"),
    path("s/<int:pk>/findings/<slug:finding>/rule/", views.finding_rule, name="finding_rule"),
]
