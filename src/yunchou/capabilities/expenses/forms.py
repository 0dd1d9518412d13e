"""What people type about claims, vouchers, payments and reports."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.actions import exact_amount
from yunchou.capabilities.ledger.models import Account, Hold
from yunchou.directory.organisation.forms import PersonField, day_field
from yunchou.directory.suppliers.forms import SupplierField
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from . import chart
from .models import Claim, ClaimLine, ExecutionAnalysis, Status, Voucher
from .selectors import activities_for, citable, contracts_of, cost_centres_for, lines_of, reporting_units
from .selectors.analyses import PERIOD
from .selectors.money import contract_label
from .selectors.stamps import line_stamp, voucher_stamp

_OWN_SIGN = re.compile(r"^(?:¥|RMB|CNY|人民币)|(?:元|圆|YUAN)$", re.IGNORECASE)
_OTHER_SIGN = re.compile(r"[$€£₩₽฿₫]|US|HK|USD|EUR|GBP|JPY|HKD|美元|欧元|港元|港币|日元|英镑", re.IGNORECASE)
_THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d*)?$")
_PLAIN: Final = re.compile(r"^-?\d+(\.\d*)?$")


class AmountField(forms.CharField):
    """An amount in yuan: `1200`, `1,200.50`, `¥1,200`, full-width digits. Says what is wrong with anything else."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", **options.pop("attrs", {})}
        super().__init__(widget=forms.TextInput(attrs), max_length=40, **options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """The amount; refused with its reason where it is none, and never rounded."""
        text = unicodedata.normalize("NFKC", str(value or "")).replace(" ", "").replace("\u2212", "-")
        if not text:
            return None
        text = _OWN_SIGN.sub("", _OWN_SIGN.sub("", text))
        if _OTHER_SIGN.search(text):
            raise ValidationError(
                _("Amounts are in yuan (¥): convert other currencies first."), code="currency"
            )
        if not (_PLAIN.match(text) or _THOUSANDS.match(text)):
            raise ValidationError(
                _("“%(value)s” is not an amount in yuan."), code="invalid", params={"value": value}
            )
        try:
            return exact_amount(Decimal(text.replace(",", "")))
        except (Invalid, InvalidOperation) as refused:
            raise ValidationError(str(refused), code="amount") from None

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """Those of text do not apply to an amount."""


class StartForm(forms.Form):
    """For what the claim is: an activity with an approved budget, or a cost centre; and who is paid."""

    activity = forms.ModelChoiceField(
        label=_("Activity"), queryset=Subject.objects.none(), required=False,
        empty_label=lazystr(_("None: a cost centre bears it")),
        widget=forms.Select({"data-pick": ""}),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        label=_("Cost centre"), queryset=Unit.objects.none(), required=False, empty_label="—",
        widget=forms.Select({"data-pick": ""}), help_text=_("Only without an activity."),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        activity, unit = self.fields["activity"], self.fields["unit"]
        activity.queryset = activities_for(user)  # type: ignore[attr-defined]
        unit.queryset = cost_centres_for(user)  # type: ignore[attr-defined]
        self.fields["payee_supplier"] = SupplierField(
            user=user, label=_("Supplier that is paid"), required=False,
            help_text=_("Empty: the money goes to the person below."),
        )  # fmt: skip
        self.fields["payee_person"] = PersonField(
            label=_("Person who is paid"), required=False, initial=user.pk
        )

    def clean(self) -> dict[str, Any]:
        """A supplier takes the place of the person that stood there before anything was chosen. One bearer, not two."""
        data = super().clean() or {}
        if data.get("payee_supplier"):
            data["payee_person"] = None
        if data.get("activity") and data.get("unit"):
            self.add_error("unit", _("Either an activity or a cost centre bears the cost; leave this empty."))
        return data


class PayeeForm(SeenForm):
    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payee_supplier"] = SupplierField(
            user=user, label=_("Supplier that is paid"), required=False
        )
        self.fields["payee_person"] = PersonField(label=_("Person who is paid"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("payee_supplier")) == bool(data.get("payee_person")) and not self.errors:
            self.add_error("payee_supplier", _("Either a person or a supplier is paid."))
        return data


class DraftText(forms.CharField):
    """A text that is needed before something is sent, and may be empty until then."""

    def validate(self, value: Any) -> None:
        """Whoever sends is told what is missing; whoever writes is not."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


def _text(label: Any, hint: Any, rows: int = 3) -> forms.CharField:
    return DraftText(
        label=label,
        max_length=4000,
        widget=forms.Textarea({"rows": rows, "placeholder": hint}),
    )


class TextsForm(SeenForm):
    """The four texts, and the total where somebody types it beside the sum."""

    background = _text(_("Background of the activity"), _("Why the activity took place"))
    purpose = _text(_("Purpose"), _("What the money was spent for"))
    participants = _text(pgettext_lazy("claim", "Participants"), _("Who took part, and how many"))
    effect = _text(_("Expected effect"), _("What it brings, in figures"))
    stated_total = AmountField(
        label=_("Total on the paper form"),
        required=False,
        help_text=_("Only if there is one: it is compared with the sum."),
    )


class BudgetLineField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One line of an activity's approved budget, with what is left of it."""

    def __init__(self, activity: Subject, **options: Any) -> None:
        self.known = {one.line.pk: one for one in lines_of(activity)}
        super().__init__(
            queryset=BudgetLine.objects.filter(pk__in=list(self.known)).order_by("position"), **options
        )

    def label_from_instance(self, obj: Any) -> str:
        return self.known[obj.pk].label


class ContractField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A contract whose bound money the claim is paid out of."""

    def label_from_instance(self, obj: Any) -> str:
        return contract_label(obj)


class LineForm(SeenForm):
    """An amount with its budget line and cost item."""

    def __init__(self, *args: Any, claim: Claim, line: ClaimLine | None = None, **kwargs: Any) -> None:
        if line is not None:
            kwargs.setdefault("initial", {
                "budget_line": line.line_id, "cost_item": line.cost_item, "amount": f"{line.amount:.2f}",
                "commitment": line.commitment_id, "note": line.note, "seen": line_stamp(line),
            })  # fmt: skip
        super().__init__(*args, **kwargs)
        contracts = Hold.objects.none()
        if claim.activity:
            field = BudgetLineField(claim.activity, label=_("Budget line"))
            self.fields["budget_line"] = field
            contracts = contracts_of([one.account for one in field.known.values()])
        else:
            contracts = contracts_of(
                Account.objects.filter(kind=Account.Kind.UNIT, unit=claim.subject.unit_id)
            )
        self.fields["cost_item"] = forms.ChoiceField(label=_("Cost item"), choices=_grouped_items())
        self.fields["amount"] = AmountField(label=_("Amount"))
        if contracts.exists():
            self.fields["commitment"] = ContractField(
                label=_("Out of a contract"), queryset=contracts, required=False, empty_label="—"
            )
        self.fields["note"] = forms.CharField(label=_("Note"), required=False, max_length=200)


class CostItemForm(forms.Form):
    """The cost item alone, for a line that suggests one."""

    def __init__(self, suggested: str) -> None:
        super().__init__(initial={"cost_item": suggested})
        self.fields["cost_item"] = forms.ChoiceField(choices=_grouped_items())


def _grouped_items() -> list[Any]:
    """The chart by category."""
    groups: list[Any] = [("", "—")]
    groups.extend(
        (category.label, [(item.code, item.label) for item in chart.ITEMS if item.category == category])
        for category in chart.Category
    )
    return groups


class VoucherForm(SeenForm):
    """A voucher. Its picture may be taken with the phone; once it arrived it stays, whatever else is still wrong."""

    picture = forms.FileField(
        label=_("Photograph or file"), required=False,
        widget=forms.ClearableFileInput({"accept": "image/*,application/pdf"}),
    )  # fmt: skip
    kept = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind of voucher"), choices=Voucher.Kind.choices)
    number = forms.CharField(label=_("Number of the voucher"), max_length=40)
    payee = forms.CharField(label=_("Paid to"), max_length=120)
    amount = AmountField(label=_("Amount"))
    issued_on = day_field(_("Date of the voucher"))

    def __init__(self, *args: Any, voucher: Voucher | None = None, **kwargs: Any) -> None:
        if voucher is not None:
            kwargs.setdefault("initial", {
                "kind": voucher.kind, "number": voucher.number, "payee": voucher.payee,
                "amount": f"{voucher.amount:.2f}", "issued_on": voucher.issued_on, "seen": voucher_stamp(voucher),
            })  # fmt: skip
        super().__init__(*args, **kwargs)


class PayForm(forms.Form):
    on = day_field(_("Accounting date"), initial=clock.today)
    note = forms.CharField(label=_("Note on the payment"), required=False, max_length=200)


class ReverseForm(forms.Form):
    amount = AmountField(label=_("Amount taken back"), required=False, help_text=_("Empty: all of it."))
    on = day_field(_("Accounting date"), initial=clock.today)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 2}), max_length=200)


class RevokeForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 2}), max_length=200)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class FilterForm(forms.Form):
    """What narrows the list of claims. An unknown value is ignored."""

    q = forms.CharField(required=False)
    status = forms.ChoiceField(
        label=pgettext_lazy("claims", "State"), choices=[("", _("All")), *Status.choices], required=False
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=lazystr(_("All"))
    )
    since = day_field(_("From"), required=False)
    until = day_field(pgettext_lazy("period", "Until"), required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class OpenReportForm(forms.Form):
    """A unit and a month to report on."""

    month = forms.CharField(label=_("Month"), widget=forms.TextInput({"type": "month"}), max_length=7)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ModelChoiceField(
            label=_("Unit"), queryset=reporting_units(user), empty_label=None
        )
        self.order_fields(["unit", "month"])


class ReportForm(forms.Form):
    analysis = _text(_("Analysis"), _("What drove the costs of the month, and why they differ"), 6)
    improvements = _text(_("Improvement measures"), _("What is done about it, by whom and by when"), 6)


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Variance note"), widget=forms.Textarea({"rows": 3}), required=False, max_length=1000
    )


class AnalysisForm(forms.Form):
    """What a department reports on the execution of its budget."""

    period = forms.RegexField(
        PERIOD,
        label=pgettext_lazy("expense report", "Period"),
        max_length=7,
        help_text=_("A quarter such as 2026Q3, or a month such as 2026-08."),
    )
    analysis = forms.CharField(
        label=_("How the budget was carried out"), widget=forms.Textarea({"rows": 5}), max_length=4000
    )
    lessons = forms.CharField(
        label=_("Lessons for the next budget"), widget=forms.Textarea({"rows": 4}), max_length=4000
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ModelChoiceField(label=_("Department"), queryset=units, empty_label=None)
        self.order_fields(["unit", "period"])


class CiteForm(forms.Form):
    def __init__(self, *args: Any, analysis: ExecutionAnalysis, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["budget"] = forms.ModelChoiceField(
            label=_("Budget that cites it"),
            queryset=citable(analysis, user),
            widget=forms.Select({"data-pick": ""}),
        )


class ReopenForm(forms.Form):
    """Why a closed month is opened again."""

    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea({"rows": 3}), max_length=300,
        help_text=_("It stands in the journal and beside the month."),
    )  # fmt: skip


class MeasureForm(forms.Form):
    """What is done about the costs, by whom and by when."""

    text = forms.CharField(
        label=pgettext_lazy("measure", "Measure"), widget=forms.Textarea({"rows": 2}), max_length=300
    )
    due_on = day_field(pgettext_lazy("measure", "By"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = PersonField(label=pgettext_lazy("measure", "Who does it"))
        self.order_fields(["text", "owner", "due_on"])


class ResultForm(forms.Form):
    result = forms.CharField(label=_("What came of it"), widget=forms.Textarea({"rows": 3}), max_length=300)


class DropForm(forms.Form):
    result = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 2}), max_length=300)
