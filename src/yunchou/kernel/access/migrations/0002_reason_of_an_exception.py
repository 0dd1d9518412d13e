from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="reason"),
        )
    ]
