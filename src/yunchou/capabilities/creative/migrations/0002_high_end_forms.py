from django.db import migrations, models

STANDARD = (
    "直播", "社群裂变", "快闪店", "体验活动", "异业合作", "广告宣传", "社交互动", "促销", "体验式营销", "讲座", "分享会",
    "交流会", "实地参观",
)  # fmt: skip
EVENTS = ("商务宴请", "主题研讨会", "高端论坛", "私人俱乐部活动", "国内考察交流", "海外考察交流")


def lay_down(apps, schema_editor):
    """The forms of high-end client events that the regulations name (003 一(二)); what a company has under a name stays."""
    form = apps.get_model("creative", "ActivityForm")
    form.objects.filter(name__in=STANDARD).update(is_standard=True)
    last = form.objects.aggregate(last=models.Max("position"))["last"] or 0
    for position, name in enumerate(EVENTS, last + 1):
        form.objects.get_or_create(name=name, defaults={"position": position})
    form.objects.filter(name__in=EVENTS).update(is_standard=True, is_high_end=True)


class Migration(migrations.Migration):
    dependencies = [("creative", "0001_initial")]

    operations = [
        migrations.AddField(
            "activityform",
            "is_standard",
            models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            "activityform",
            "is_used",
            models.BooleanField(default=True, verbose_name="offered"),
        ),
        migrations.AddField(
            "activityform",
            "lowest_grade",
            models.CharField(
                blank=True,
                choices=[
                    ("", "Not graded"),
                    ("high_end", "High-end"),
                    ("key", "Key"),
                    ("regular", "Regular"),
                ],
                default="",
                max_length=8,
                verbose_name="lowest client grade",
            ),
        ),
        migrations.AddConstraint(
            "activityform",
            models.CheckConstraint(
                condition=models.Q(lowest_grade="") | models.Q(is_high_end=True),
                name="grade_of_a_high_end_form",
            ),
        ),
        migrations.RunPython(lay_down, migrations.RunPython.noop),
    ]
