"""Publicity has approvers: what one other person looked at before, and what is not published yet, is sent to them."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def ask_again(apps: Any, schema_editor: Any) -> None:
    """No decision is bound to what these say."""
    publicity = apps.get_model("preparation", "Publicity")
    publicity.objects.filter(published_on=None, review__in=("asked", "passed")).update(review="none")


class Migration(migrations.Migration):
    dependencies = [
        ("preparation", "0001_initial"),
        ("subjects", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="publicity",
            name="matter",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publicity",
                to="subjects.subject",
            ),
        ),
        migrations.RunPython(ask_again, migrations.RunPython.noop, elidable=True),
    ]
