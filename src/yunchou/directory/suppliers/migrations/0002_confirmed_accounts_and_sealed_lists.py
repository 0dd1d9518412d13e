"""Bank accounts are confirmed by a second person; workbooks with accounts leave the store of files and are kept encrypted."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Q

from yunchou.directory.suppliers.bank import seal_content
from yunchou.kernel.files.store import name_of


def seal_lists(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Every workbook that was handed in is enciphered; its content in clear goes, unless something else holds it."""
    handed = apps.get_model("suppliers", "SupplierImport")
    files = {}
    for row in list(handed.objects.select_related("file")):
        name = name_of(row.file.sha256)
        if default_storage.exists(name):
            with default_storage.open(name, "rb") as content:
                row.key, row.sealed = seal_content(content.read())
        row.sha256, files[row.file_id], row.file = row.file.sha256, row.file, None
        row.save()
    for file in files.values():
        relations = [
            one for one in file._meta.get_fields(include_hidden=True) if one.auto_created and one.is_relation
        ]
        if not any(
            one.related_model.objects.filter(**{one.field.name: file.pk}).exists() for one in relations
        ):
            default_storage.delete(name_of(file.sha256))
            file.delete()
    if schema_editor.connection.vendor == "postgresql":
        # What was deleted is checked now: the table is changed in the same transaction.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("suppliers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "supplier",
            "account_by",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("supplier", "account_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "supplier",
            "account_confirmed_by",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "supplier", "account_confirmed_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddConstraint(
            "supplier",
            models.CheckConstraint(
                condition=Q(account_confirmed_by=None, account_confirmed_at=None)
                | (
                    Q(account_confirmed_by__isnull=False, account_confirmed_at__isnull=False)
                    & ~Q(account_digest="")
                    & (Q(account_by=None) | ~Q(account_confirmed_by=F("account_by")))
                ),
                name="supplier_account_four_eyes",
            ),
        ),
        migrations.AddField(
            "supplierimport", "sha256", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.AddField("supplierimport", "key", models.BinaryField(default=b"", editable=False)),
        migrations.AddField("supplierimport", "sealed", models.BinaryField(default=b"", editable=False)),
        migrations.AlterField(
            "supplierimport",
            "file",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="files.storedfile",
            ),
        ),
        migrations.RunPython(seal_lists, migrations.RunPython.noop),
        migrations.RemoveField("supplierimport", "file"),
    ]
