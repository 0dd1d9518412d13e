from django.db import migrations, models
from django.db.models import F


def keep(apps, schema_editor):
    """Where the books were opened the plan was approved, and with it what the measures of its risks name."""
    Account = apps.get_model("ledger", "Account")
    approved = Account.objects.filter(kind="campaign", subject__isnull=False).values("subject")
    apps.get_model("operations", "Risk").objects.filter(subject__in=approved).update(
        preapproved=F("extra_amount")
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("operations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="risk",
            name="preapproved",
            field=models.DecimalField(
                decimal_places=2,
                editable=False,
                max_digits=14,
                null=True,
                verbose_name="approved with the plan",
            ),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
