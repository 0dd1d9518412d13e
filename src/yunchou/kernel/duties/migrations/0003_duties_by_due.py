from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0002_figures_by_index"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="duty",
            name="duty_of_kind",
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                fields=["state", "due_at", "subject", "owner", "kind", "is_late", "is_history"],
                name="duty_by_due",
            ),
        ),
    ]
