import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import yunchou.kernel.core.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("subjects", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=160, unique=True)),
                ("rule", models.CharField(blank=True, max_length=12)),
                ("clause", models.CharField(blank=True, max_length=60)),
                ("title", models.JSONField()),
                ("address", models.CharField(blank=True, max_length=200)),
                ("opened_at", models.DateTimeField(default=yunchou.kernel.core.clock.now)),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("cancelled", "Dropped")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("is_late", models.BooleanField(default=False)),
                ("ladder", models.JSONField(null=True)),
                ("rung", models.PositiveSmallIntegerField(default=0)),
                ("next_rung_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("is_history", models.BooleanField(default=False)),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="subjects.subject",
                    ),
                ),
            ],
            options={
                "verbose_name": "duty",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("done_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="duty_done_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"), ("next_rung_at__isnull", True), _connector="OR"
                        ),
                        name="duty_closed_is_quiet",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["owner", "state", "due_at"], name="duty_of_owner"),
                    models.Index(fields=["subject", "state", "due_at"], name="duty_of_subject"),
                    models.Index(
                        condition=models.Q(("next_rung_at__isnull", False)),
                        fields=["next_rung_at"],
                        name="duty_next_rung",
                    ),
                    models.Index(fields=["kind", "due_at"], name="duty_of_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=yunchou.kernel.core.clock.now)),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="escalations",
                        to="duties.duty",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("duty", "user"), name="escalation_once"),
                ],
            },
        ),
    ]
