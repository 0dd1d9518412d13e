from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="evaluationline",
            name="taken",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
