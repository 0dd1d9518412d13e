"""Held money counts in the period in which it was taken, and an entry names the expense that it takes back."""

from collections import defaultdict

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    Entry, Hold, Posting = (apps.get_model("ledger", name) for name in ("Entry", "Hold", "Posting"))
    opened = Posting.objects.filter(pk=OuterRef("opened_by")).values("on")[:1]
    Hold.objects.filter(on=None).update(on=Subquery(opened))
    for entry in Entry.objects.filter(posting__reverses__isnull=False, source_state="spent").iterator():
        # Until now an expense was one entry of its posting.
        spent = Entry.objects.filter(posting=entry.posting.reverses_id, target_state="spent").first()
        if spent is not None:
            Entry.objects.filter(pk=entry.pk).update(reverses=spent)
    move_periods(apps)


def move_periods(apps):
    """What was used or released of a hold leaves the period of the hold, no longer that of the day of the use."""
    Entry, Account, Balance = (apps.get_model("ledger", name) for name in ("Entry", "Account", "Balance"))
    changes = defaultdict(int)
    uses = Entry.objects.filter(source_hold__isnull=False).exclude(posting__on=F("source_hold__on"))
    for pk, state, amount, day, taken in uses.values_list(
        "source", "source_state", "amount", "posting__on", "source_hold__on"
    ).iterator():
        account = Account.objects.get(pk=pk)
        above = [int(part) for part in account.path.strip("/").split("/")]
        counting = above[:-1] if account.kind == "line" else above
        for old, new in zip(periods(day), periods(taken), strict=True):
            for one in counting if old != new else ():
                changes[one, old, state] += amount
                changes[one, new, state] -= amount
    for (account, (dimension, value), state), amount in changes.items():
        rows = Balance.objects.filter(account=account, dimension=dimension, value=value)
        rows.update(**{state: F(state) + amount})


def periods(day):
    return ("quarter", f"{day.year}Q{(day.month + 2) // 3}"), ("month", f"{day:%Y-%m}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_reopened_months")]

    operations = [
        migrations.AddField(
            "hold", "on", models.DateField(editable=False, null=True, verbose_name="accounting date")
        ),
        migrations.AddField(
            "entry",
            "reverses",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversals",
                to="ledger.entry",
            ),
        ),
        migrations.AddIndex("posting", models.Index(fields=["on"], name="posting_by_day")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("hold", "on", models.DateField(editable=False, verbose_name="accounting date")),
    ]
