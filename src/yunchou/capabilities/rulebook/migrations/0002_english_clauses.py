from __future__ import annotations

from typing import Any

from django.db import migrations, models

from yunchou.capabilities.rulebook.defaults import shipped


def render(apps: Any, schema_editor: Any) -> None:
    """Clauses that still say what was shipped get the rendering that is shipped, but where somebody decides on them."""
    clauses = apps.get_model("rulebook", "Clause").objects.exclude(edition__state="in_approval")
    for spec in shipped():
        for one in spec.clauses:
            same = clauses.filter(edition__regulation__number=spec.number, ref=one.ref, text=one.text)
            same.update(title_en=one.title_en, text_en=one.text_en)
    # What a plan has to contain was put down under the rule for campaigns out of plan.
    parts = clauses.filter(ref="000 §3.1", rules=["R-TYP-02"])
    parts.update(rules=["K-TYP-11"])
    # "First issued" is told in the reader's language.
    first = {"edition": 1, "content": "首次发布"}
    apps.get_model("rulebook", "Revision").objects.filter(**first).update(content="")
    apps.get_model("rulebook", "Edition").objects.filter(number=1, summary="首次发布").update(summary="")


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0001_initial")]

    operations = [
        migrations.AddField(
            "clause",
            "title_en",
            models.CharField("title in English", max_length=120, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "clause",
            "text_en",
            models.TextField("content in English", blank=True, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(render, migrations.RunPython.noop),
    ]
