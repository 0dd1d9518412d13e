"""Addresses of workbooks, included by `urls`."""

from django.urls import path

from .views import imports

urlpatterns = [
    path("import/", imports.import_start, name="import_start"),
    path("import/template/", imports.template, name="template"),
    path("import/<int:pk>/", imports.import_review, name="import_review"),
    path("import/<int:pk>/people/", imports.import_people, name="import_people"),
    path("import/<int:pk>/choose/", imports.import_choose, name="import_choose"),
    path("import/<int:pk>/make/", imports.import_make, name="import_make"),
    path("import/<int:pk>/marked/", imports.import_marked, name="import_marked"),
    path("import/<int:pk>/original/", imports.import_original, name="import_original"),
    path("<int:pk>/export/", imports.export, name="export"),
]
