"""Forms of purchases, offers, tenders and contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.ledger.models import Account
from yunchou.directory.organisation.forms import PersonField, day_field
from yunchou.directory.organisation.forms.pickers import PeopleSelect, UnitField
from yunchou.directory.suppliers.forms import SupplierField, SupplierSelect
from yunchou.directory.suppliers.models import Supplier, Supply
from yunchou.directory.suppliers.selectors import why_not
from yunchou.kernel.access.selectors import reach, units_with, visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from .models import (
    Contract,
    ContractLine,
    ContractStatus,
    Instalment,
    Method,
    Purchase,
    PurchaseLine,
    Quote,
    Status,
)
from .permissions import Perm
from .sealing import Offer
from .selectors import budget_lines_for, contract_stamp

MOST = Decimal(10) ** 12


def yuan_field(label: Any, **options: Any) -> forms.DecimalField:
    """An amount in yuan: two decimals, at most twelve figures before them."""
    return forms.DecimalField(
        label=label,
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
        **options,
    )


def text_field(label: Any, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": rows}), max_length=4000, **options
    )


def moment_field(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )


def activities_for(user: User) -> Any:
    """Activities with an approved budget for which the person may buy."""
    funded = Account.objects.filter(kind=Account.Kind.CAMPAIGN, is_closed=False, subject__isnull=False)
    mine = visible_subjects(user).filter(reach(user, Perm.REQUEST))
    return mine.filter(pk__in=funded.values("subject")).order_by("-pk")


class PurchaseForm(forms.Form):
    """What is bought, for what, and how the supplier is found."""

    title = forms.CharField(label=_("What is bought"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind of supply"), choices=Supply.choices)
    method = forms.ChoiceField(
        label=_("Way of finding the supplier"), choices=Method.choices, initial=Method.QUOTES
    )
    needed_on = day_field(_("Needed by"), required=False)
    price_weight = forms.IntegerField(
        label=_("Weight of the price"),
        min_value=1,
        max_value=100,
        initial=60,
        help_text=_("In percent; the rest is what it is worth beside the price."),
    )
    purpose = text_field(_("What it is needed for"))

    @classmethod
    def of(cls, purchase: Purchase, data: Any = None) -> PurchaseForm:
        known = ("title", "kind", "method", "needed_on", "price_weight", "purpose")
        return cls(data, initial={name: getattr(purchase, name) for name in known})


class NewPurchaseForm(PurchaseForm):
    """The same, for an activity or a unit."""

    activity: Any = forms.ModelChoiceField(
        label=_("Activity"),
        queryset=Subject.objects.none(),
        required=False,
        empty_label=_("None: a cost of the unit"),
        widget=forms.Select(attrs={"data-pick": ""}),
    )
    unit: Any = UnitField(label=_("Unit"), required=False, help_text=_("Where it is bought for no activity."))
    field_order = ["title", "activity", "unit", "kind", "method", "needed_on", "price_weight", "purpose"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["activity"].queryset = activities_for(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        unit: Unit | None = read.get("unit")
        if not read.get("activity") and unit is None and not self.errors:
            self.add_error("activity", gettext("Choose the activity, or the unit that bears the cost."))
        if unit is not None and not units_with(self.user, Perm.REQUEST).filter(pk=unit.pk).exists():
            self.add_error("unit", gettext("You may not buy for this unit."))
        return read


class LineForm(forms.Form):
    """One line of a purchase; while the amount is typed, what would be left is shown."""

    name = forms.CharField(label=_("What is bought"), max_length=120)
    budget_line: Any = forms.ModelChoiceField(
        label=_("Budget line"), queryset=BudgetLine.objects.none(), empty_label=""
    )
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=12, decimal_places=2, min_value=Decimal("0.01"), initial=1
    )
    measure = forms.CharField(label=_("Unit of measure"), max_length=12, required=False)
    estimate = yuan_field(_("At most, with tax"))
    specification = forms.CharField(label=_("Specification"), max_length=300, required=False)

    def __init__(
        self, *args: Any, purchase: Purchase, line: PurchaseLine | None = None, look: str = "", **kwargs: Any
    ) -> None:
        if line is not None:
            kwargs.setdefault("initial", _initial(line))
        super().__init__(*args, **kwargs)
        lines: Any = self.fields["budget_line"]
        if purchase.activity is None:
            del self.fields["budget_line"]
        else:
            known = budget_lines_for(purchase.activity)
            lines.queryset = BudgetLine.objects.filter(pk__in=[one.pk for one in known]).order_by(
                "position", "pk"
            )
            lines.label_from_instance = _line_label
        if look:
            for name in ("budget_line", "estimate"):
                if name in self.fields:
                    self.fields[name].widget.attrs |= watched(look)


def _initial(line: PurchaseLine) -> dict[str, Any]:
    known = ("name", "quantity", "measure", "estimate", "specification")
    return {"budget_line": line.line_id, **{name: getattr(line, name) for name in known}}


def _line_label(line: BudgetLine) -> str:
    return f"B{line.position} {LineRow(item=line.item).item_name}"


def watched(address: str) -> dict[str, str]:
    """Asks for what would be left while one types."""
    return {
        "hx-get": address,
        "hx-trigger": "input changed delay:300ms, change",
        "hx-target": "#outlook",
        "hx-swap": "innerHTML",
        "hx-include": "closest form",
        "hx-sync": "closest form:queue last",
    }


class NoteForm(forms.Form):
    """One text: a note, an opinion, a reason."""

    note = text_field(_("Reason"))

    def __init__(self, *args: Any, label: Any = "", is_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = is_needed
        self.fields["note"].label = label or self.fields["note"].label


class OfferForm(forms.Form):
    """A price for every line, and what holds for all of them; an empty price is not offered."""

    tax_rate = forms.DecimalField(
        label=_("Tax rate in percent"),
        max_digits=4,
        decimal_places=2,
        min_value=0,
        max_value=Decimal("99.99"),
        initial=13,
    )
    is_taxed = forms.BooleanField(label=_("The prices contain the tax"), required=False, initial=True)
    delivery_days = forms.IntegerField(
        label=_("Days to delivery"), min_value=0, max_value=3650, required=False
    )
    valid_until = day_field(_("Valid until"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    upload = forms.FileField(label=_("File"), required=False)

    def __init__(
        self, *args: Any, user: User, purchase: Purchase, lines: Sequence[PurchaseLine], quote: Quote | None = None,
        suppliers: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if quote is not None:
            kwargs.setdefault("initial", _offered(quote))
        super().__init__(*args, **kwargs)
        supplier: forms.Field = (
            SupplierField(label=_("Supplier"), user=user, kind=purchase.kind)
            if suppliers is None
            else forms.ModelChoiceField(label=_("Supplier"), queryset=suppliers, empty_label="")
        )
        prices = {
            f"price_{line.pk}": yuan_field(
                f"{line.name} · {line.quantity.normalize():f}{line.measure}",
                required=False,
                help_text=_("Price per unit"),
            )
            for line in lines
        }
        self.fields = {"supplier": supplier, **prices, **self.fields}
        self.lines = lines

    def offer(self) -> Offer:
        """What was typed; called once the form is valid."""
        read = self.cleaned_data
        prices = {
            line.pk: read[f"price_{line.pk}"]
            for line in self.lines
            if read.get(f"price_{line.pk}") is not None
        }
        upload = read.get("upload")
        return Offer(
            prices=prices,
            tax_rate=read["tax_rate"],
            is_taxed=read["is_taxed"],
            delivery_days=read.get("delivery_days"),
            valid_until=read.get("valid_until"),
            note=read.get("note", ""),
            file_name=upload.name if upload else "",
        )


def _offered(quote: Quote) -> dict[str, Any]:
    known = ("tax_rate", "is_taxed", "delivery_days", "valid_until", "note")
    prices = {f"price_{price.line_id}": price.price for price in quote.prices.all()}
    return {"supplier": quote.supplier_id, **prices, **{name: getattr(quote, name) for name in known}}


class ValueForm(forms.Form):
    """How good an offer is beside its price."""

    points = forms.DecimalField(
        label=_("Value, 0 to 100"), max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    note = text_field(_("Why"), rows=2)


class AwardForm(forms.Form):
    """The choice: one supplier for everything, or an offer for every line; and why."""

    everything = forms.ChoiceField(label=_("One supplier for everything"), required=False)
    reason = text_field(_("Reason of the choice"))

    def __init__(self, *args: Any, purchase: Purchase, matrix: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counting = [column for column in matrix.columns if column.offered.obstacle is None]
        whole = sorted((c for c in counting if c.counts), key=lambda c: (c.rank or 99, c.offered.pk))
        self.wants, self.matrix = matrix.wants, matrix
        everything = self.fields["everything"]
        everything.choices = [  # type: ignore[attr-defined]
            *((c.offered.pk, f"{c.offered.supplier} · ¥{c.total:,.2f}") for c in whole),
            ("", gettext("Line by line")),
        ]
        everything.initial = whole[0].offered.pk if whole else ""
        reason = self.fields.pop("reason")
        if len(matrix.wants) > 1 or not whole:
            for number, want in enumerate(matrix.wants):
                offers = [(c.offered.pk, f"{c.offered.supplier} · ¥{c.cells[number].amount:,.2f}")
                          for c in counting if c.cells[number].amount is not None]  # fmt: skip
                self.fields[f"line_{want.pk}"] = forms.ChoiceField(
                    label=want.name, choices=[("", "—"), *offers], required=False
                )
        self.fields["reason"] = reason

    def choice(self) -> dict[int, int]:
        """The chosen offers by the key of the line; a line without one is left out."""
        read = self.cleaned_data
        whole = read.get("everything")
        return {
            want.pk: int(picked)
            for want in self.wants
            if (picked := whole or read.get(f"line_{want.pk}"))
        }  # fmt: skip


class SuppliersSelect(forms.SelectMultiple):
    """Like `SupplierSelect`, for several."""

    def __init__(self, *, kind: str) -> None:
        super().__init__({"data-pick": ""})
        self.single = SupplierSelect(kind=kind)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        self.single.choices = self.choices
        remote = self.single.get_context(name, None, {})["widget"]["attrs"]["data-pick-url"]
        return super().get_context(name, value, {**(attrs or {}), "data-pick-url": remote})

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Only those chosen are written into the page."""
        field_choices = self.choices
        chosen = Supplier.objects.filter(pk__in=[v for v in value if str(v).isdigit()])
        self.choices = [(one.pk, str(one)) for one in chosen]
        try:
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = field_choices


class TenderForm(forms.Form):
    """Who is invited, until when bids are handed in, when they are opened."""

    closes_at = moment_field(_("Bids until"))
    opens_at = moment_field(_("Opening of the bids"))
    terms = text_field(_("Terms of the invitation"), rows=5)

    def __init__(self, *args: Any, user: User, purchase: Purchase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        suppliers = forms.ModelMultipleChoiceField(
            label=_("Suppliers that are invited"),
            queryset=Supplier.objects.visible_to(user).select_related("merged_into"),
            widget=SuppliersSelect(kind=purchase.kind),
        )
        self.fields = {"suppliers": suppliers, **self.fields}

    def clean_suppliers(self) -> list[Supplier]:
        found = list(self.cleaned_data["suppliers"])
        for supplier in found:
            if reason := why_not(supplier):
                raise ValidationError(str(reason), code="not_choosable")
        return found


class JuryForm(forms.Form):
    """Who evaluates the bids."""

    people = forms.ModelMultipleChoiceField(
        label=_("Committee"), queryset=User.objects.active(), widget=PeopleSelect
    )


class ScoreForm(forms.Form):
    """Points and a note for every opened bid."""

    def __init__(self, *args: Any, quotes: Sequence[Quote], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for quote in quotes:
            self.fields[f"points_{quote.pk}"] = forms.IntegerField(
                label=quote.supplier.name,
                min_value=0,
                max_value=100,
                help_text=_("0 to 100, beside the price"),
            )
            self.fields[f"note_{quote.pk}"] = forms.CharField(label=_("Note"), max_length=300, required=False)
        self.quotes = quotes

    def given(self) -> tuple[dict[int, int], dict[int, str]]:
        """Points and notes by the key of the quote."""
        read = self.cleaned_data
        points = {quote.pk: read[f"points_{quote.pk}"] for quote in self.quotes}
        return points, {quote.pk: read.get(f"note_{quote.pk}", "") for quote in self.quotes}


class ContractForm(SeenForm):
    """Number, title, terms and time of a contract."""

    number = forms.CharField(label=_("Number of the contract"), max_length=40)
    title = forms.CharField(label=_("Title of the contract"), max_length=120)
    starts_on = day_field(_("In force from"))
    ends_on = day_field(_("In force until"))
    terms = text_field(_("What was agreed"), rows=5)

    @classmethod
    def of(cls, contract: Contract, data: Any = None) -> ContractForm:
        known = ("number", "title", "starts_on", "ends_on", "terms")
        shown = {name: getattr(contract, name) for name in known}
        return cls(data, initial=shown | {"seen": contract_stamp(contract)})


class InstalmentForm(forms.Form):
    """A part of the price and its day."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    amount = yuan_field(_("Amount"))
    due_on = day_field(_("Due on"))
    is_advance = forms.BooleanField(label=_("Advance payment, settled later"), required=False)

    @classmethod
    def of(
        cls, instalment: Instalment | None, data: Any = None, initial: Mapping[str, Any] | None = None
    ) -> InstalmentForm:
        known = ("name", "amount", "due_on", "is_advance")
        if instalment is not None:
            initial = {name: getattr(instalment, name) for name in known}
        return cls(data, initial=dict(initial or {}))


class SignForm(forms.Form):
    """The day and the file of the signed contract."""

    signed_on = day_field(_("Signed on"))
    upload = forms.FileField(label=_("Signed contract"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_on"].initial = clock.today()


class AmendmentForm(forms.Form):
    """By how much a line changes, and why."""

    change = yuan_field(
        _("Change in yuan"), help_text=_("+ more, which is approved first; − less, which frees money")
    )
    reason = text_field(_("Reason"), rows=2)

    def __init__(self, *args: Any, contract: Contract, look: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = forms.ModelChoiceField(
            label=_("Line of the contract"),
            queryset=ContractLine.objects.filter(contract=contract),
            empty_label=None,
        )
        self.fields = {"line": line, **self.fields}
        if look:
            for name in ("line", "change"):
                self.fields[name].widget.attrs |= watched(look)


class KeeperForm(forms.Form):
    """Who is in charge."""

    keeper = PersonField(label=_("Person in charge"))


class FilterForm(forms.Form):
    """What the list of purchases is narrowed to; what cannot be read narrows nothing."""

    q = forms.CharField(label=_("Search"), max_length=60, required=False)
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), ("running", pgettext_lazy("purchases", "Running")), *Status.choices],
    )
    kind = forms.ChoiceField(
        label=_("Kind of supply"), required=False, choices=[("", _("All kinds")), *Supply.choices]
    )


class ContractFilterForm(forms.Form):
    """What the list of contracts is narrowed to."""

    q = forms.CharField(label=_("Search"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All states")),
            ("expiring", pgettext_lazy("contracts", "Expiring")),
            ("late", pgettext_lazy("contracts", "Payment overdue")),
            *ContractStatus.choices,
        ],
    )
