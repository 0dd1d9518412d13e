"""Forms of the register, and the picker of suppliers that the forms of all rooms above use.

    supplier = SupplierField(label=_("Supplier"), user=request.user, kind=Supply.PRINT)   # cleans to a `Supplier`

Its pages need `{% scripts_for "select" %}` in the `scripts` block. A supplier that may not be chosen is refused with its reason.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.urls import reverse
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.organisation.forms import PersonField, day_field
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.ui.seen import SeenForm

from .actions.register import Details
from .models import DocumentKind, Grade, Supplier, SupplierDocument, Supply
from .selectors import UNGRADED, companies_for, companies_seen, why_not


class SupplierSelect(forms.Select):
    """A field one types into: name, pinyin, initials, credit code. Choices come from `suppliers:supplier_options`."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, kind: str = "", every: bool = False) -> None:
        super().__init__({"data-pick": "", **(attrs or {})})
        self.query = {**({"kind": kind} if kind else {}), **({"every": "1"} if every else {})}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The address is asked for when the field is drawn, since forms are declared before addresses are known."""
        address = reverse("suppliers:supplier_options")
        remote = f"{address}?{urlencode(self.query)}" if self.query else address
        return super().get_context(name, value, {**(attrs or {}), "data-pick-url": remote})

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Only what is chosen is written into the page, however many suppliers there are."""
        field_choices = self.choices
        if isinstance(field_choices, ModelChoiceIterator):
            chosen = field_choices.queryset.filter(
                pk__in=[v for v in value if str(v).isdecimal() and len(str(v)) < 19]
            )
            self.choices = [("", ""), *((supplier.pk, str(supplier)) for supplier in chosen)]
        try:
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = field_choices


class SupplierField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One supplier that the person sees and may choose; `every` takes blocked and expired ones too (for merging, for lists).

    `kind` limits what is offered, not what is accepted: a print shop may supply gifts.
    """

    def __init__(self, *, user: User, kind: str = "", every: bool = False, **options: Any) -> None:
        seen = Supplier.objects.visible_to(user).select_related("merged_into")
        super().__init__(
            queryset=seen.living() if every else seen,
            widget=SupplierSelect(kind=kind, every=every),
            **options,
        )
        self.every = every

    def clean(self, value: Any) -> Supplier | None:
        supplier: Supplier | None = super().clean(value)
        if supplier and not self.every and (reason := why_not(supplier)):
            raise ValidationError(str(reason), code="not_choosable")
        return supplier


class CompanyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of a few companies."""

    def __init__(self, units: QuerySet[Unit], **options: Any) -> None:
        super().__init__(queryset=units, **options)


class SupplierForm(forms.Form):
    """What is written about a supplier."""

    name = forms.CharField(label=_("Name of the supplier"), max_length=120)
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=30,
        required=False,
        help_text=_("18 characters; only speakers may be without one."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of supply"), choices=Supply.choices, widget=forms.CheckboxSelectMultiple
    )
    contact_name = forms.CharField(label=_("Contact"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    address = forms.CharField(label=_("Address"), max_length=160, required=False)
    bank_name = forms.CharField(label=_("Bank"), max_length=80, required=False)
    account = forms.CharField(
        label=_("Bank account"),
        max_length=50,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    tax_rate = forms.DecimalField(
        label=_("Tax rate (%)"), required=False, min_value=0, max_digits=4, decimal_places=2
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 3}))

    def details(self, **more: Any) -> Details:
        """What was typed, for the actions."""
        return Details(**{name: self.cleaned_data[name] for name in SupplierForm.base_fields}, **more)


class AccountForm(forms.Form):
    """The account once more, typed by a second person."""

    account = forms.CharField(
        label=_("Bank account"),
        max_length=50,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )


class NewSupplierForm(SupplierForm):
    """With the company whose register it enters, and the word that it is another company than the one that looks like it."""

    is_other = forms.BooleanField(label=_("This is another company than those listed"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = CompanyField(companies_for(user), label=_("Company"), empty_label=None)
        self.order_fields(["name", "unit", "credit_code"])


class ChangeSupplierForm(SeenForm, SupplierForm):
    """An empty account stays as it is, since it is not shown here."""

    removes_account = forms.BooleanField(label=_("Remove the bank account"), required=False)
    keeper = PersonField(label=_("Person in charge"))

    def __init__(self, *args: Any, supplier: Supplier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].help_text = (
            _("Now %(account)s; leave this empty to keep it.") % {"account": supplier.masked_account}
            if supplier.account_tail
            else ""
        )
        if not supplier.account_tail:
            del self.fields["removes_account"]

    def details(self, **more: Any) -> Details:
        typed = self.cleaned_data["account"]
        removes = self.cleaned_data.get("removes_account", False)
        names = [name for name in SupplierForm.base_fields if name != "account"]
        account = "" if removes else typed or None
        return Details(**{name: self.cleaned_data[name] for name in names}, account=account, **more)


class MoveForm(forms.Form):
    """The company whose register the supplier goes to."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = CompanyField(companies_for(user), label=_("Company"), empty_label=None)


class GradeForm(forms.Form):
    grade = forms.ChoiceField(label=_("Grade"), choices=Grade.choices)
    since = day_field(_("Holds from"), initial=clock.today)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class DocumentForm(forms.Form):
    """A paper; of a renewal the kind stands already."""

    kind = forms.ChoiceField(label=_("Kind of document"), choices=DocumentKind.choices)
    upload = forms.FileField(label=_("File"))
    expires_on = day_field(_("Valid until"), required=False, help_text=_("Empty: without end."))

    def __init__(self, *args: Any, renewed: SupplierDocument | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if renewed:
            self.fields["kind"].initial = renewed.kind
            self.fields["kind"].disabled = True


class MergeForm(forms.Form):
    """The entry that goes; what it holds comes here."""

    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"] = SupplierField(
            user=user,
            every=True,
            label=_("Entry that goes"),
            help_text=_("Its documents, grades and everything it was used in come to this one."),
        )
        self.order_fields(["other", "reason"])


class FilterForm(forms.Form):
    """What narrows the list. An unknown value is ignored."""

    q = forms.CharField(required=False)
    kind = forms.ChoiceField(
        label=_("Kind of supply"), choices=[("", _("All")), *Supply.choices], required=False
    )
    grade = forms.ChoiceField(
        label=_("Grade"),
        choices=[("", _("All")), *Grade.choices, (UNGRADED, _("Not graded"))],
        required=False,
    )
    state = forms.ChoiceField(
        label=pgettext_lazy("suppliers", "State"),
        choices=[
            ("", _("All")),
            ("expiring", _("Documents running out")),
            ("blocked", _("Blocked")),
            ("merged", _("Merged")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = CompanyField(
            companies_seen(user), label=_("Company"), required=False, empty_label=lazystr(_("All"))
        )


class ListForm(forms.Form):
    workbook = forms.FileField(
        label=_("Workbook"),
        widget=forms.ClearableFileInput({"accept": ".xlsx"}),
        help_text=_("The sheet “供应商名录” of the template; known suppliers are changed, others entered."),
    )
