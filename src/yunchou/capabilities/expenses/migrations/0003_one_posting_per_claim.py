"""A claim is paid by one posting, keeps the accounts that bear it, and a voucher the figures of its number."""

import unicodedata

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    Booking, ClaimLine, Voucher = (apps.get_model("expenses", n) for n in ("Booking", "ClaimLine", "Voucher"))
    Entry, Hold = (apps.get_model("ledger", name) for name in ("Entry", "Hold"))
    # Until now every booking was a posting of its own, with one entry.
    entries = Entry.objects.filter(posting=OuterRef("posting")).values("pk")[:1]
    Booking.objects.filter(entry=None).update(entry=Subquery(entries))
    held = ClaimLine.objects.filter(Q(hold__isnull=False) | Q(commitment__isnull=False), account=None)
    held.exclude(claim__status__in=("draft", "returned", "withdrawn")).update(
        account=Subquery(
            Hold.objects.filter(pk=Coalesce(OuterRef("hold"), OuterRef("commitment"))).values("account")[:1]
        )
    )
    for voucher in Voucher.objects.filter(digits="").only("pk", "number").iterator():
        plain = unicodedata.normalize("NFKC", voucher.number)
        digits = "".join(char for char in plain if char.isascii() and char.isdecimal()).lstrip("0")
        Voucher.objects.filter(pk=voucher.pk).update(digits=digits)
    if schema_editor.connection.vendor == "postgresql":
        # What was written waits for its check; the table cannot be altered before.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def entry(**options):
    return models.OneToOneField(
        on_delete=django.db.models.deletion.PROTECT, related_name="booking", to="ledger.entry", **options
    )


class Migration(migrations.Migration):
    dependencies = [
        ("expenses", "0002_measures_and_analyses_due"),
        ("ledger", "0003_periods_of_holds"),
    ]

    operations = [
        migrations.AlterField(
            "booking",
            "posting",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="ledger.posting"
            ),
        ),
        migrations.AddField("booking", "entry", entry(null=True)),
        migrations.AddField(
            "claimline",
            "account",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.account",
            ),
        ),
        migrations.AddField("claimline", "passes", models.JSONField(default=dict, editable=False)),
        migrations.AddField(
            "claim",
            "paid_to",
            models.CharField(blank=True, editable=False, max_length=120, verbose_name="paid to account"),
        ),
        migrations.AddField(
            "voucher", "digits", models.CharField(blank=True, db_index=True, editable=False, max_length=40)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("booking", "entry", entry()),
    ]
