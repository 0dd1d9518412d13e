"""Forms of the directory. What reaches or identifies somebody is never written into a form: an empty field leaves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import lazystr
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation.forms import PersonField, day_field
from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import HIDDEN
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.ui.seen import SeenForm

from . import apart, mails, phones
from .actions.cooperations import cooperation_stamp
from .actions.register import Details, Sensitive
from .actions.touches import BY_HAND
from .models import (
    Basis,
    Channel,
    Choice,
    ContactCard,
    Cooperation,
    CooperationKind,
    Customer,
    Diet,
    Grade,
    Identity,
    Nature,
    Purpose,
    Result,
    Source,
    Stage,
    TouchKind,
)
from .permissions import Perm
from .selectors.register import GENDERS, UNGRADED, companies_for, open_sources

LANGUAGES = [(code, get_language_info(code)["name_local"]) for code in ("zh-hans", "en")]
PLAIN_INPUT = {"autocomplete": "off"}
BASES = [(one.value, one.label) for one in (Basis.PAPER, Basis.SPOKEN, Basis.FORM)]


def _checked(tidy: Callable[[str], str], typed: str) -> str:
    try:
        tidy(typed)
    except phones.Unusable as unusable:
        raise forms.ValidationError(str(unusable.message)) from None
    return typed


class CompanyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of a few companies."""

    def __init__(self, units: QuerySet[Unit], **options: Any) -> None:
        super().__init__(queryset=units, **options)


class SourceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the registered lawful sources that are open."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=open_sources(), label=_("Lawful source"), **options)


class CustomerForm(forms.Form):
    """What is written about a customer, the sensitive apart."""

    name = forms.CharField(label=pgettext_lazy("customer", "Name"), max_length=80)
    nature = forms.ChoiceField(label=pgettext_lazy("customer", "Nature"), choices=Nature.choices)
    organisation = forms.CharField(
        label=pgettext_lazy("customer", "Organisation"), max_length=120, required=False
    )
    title = forms.CharField(label=pgettext_lazy("customer", "Title"), max_length=60, required=False)
    identities = forms.MultipleChoiceField(
        label=pgettext_lazy("customer", "Identities"),
        choices=Identity.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    phone = forms.CharField(
        label=pgettext_lazy("customer", "Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({**PLAIN_INPUT, "inputmode": "tel"}),
    )
    email = forms.CharField(
        label=pgettext_lazy("customer", "E-mail"),
        max_length=200,
        required=False,
        widget=forms.TextInput({**PLAIN_INPUT, "inputmode": "email"}),
    )
    wechat = forms.CharField(
        label=pgettext_lazy("customer", "WeChat"),
        max_length=60,
        required=False,
        widget=forms.TextInput(PLAIN_INPUT),
    )
    address = forms.CharField(
        label=pgettext_lazy("customer", "Address"),
        max_length=200,
        required=False,
        widget=forms.TextInput(PLAIN_INPUT),
    )
    city = forms.CharField(label=_("City"), max_length=40, required=False)
    stage = forms.ChoiceField(label=_("Sales stage"), choices=Stage.choices, required=False)
    source = SourceField()
    keeper = PersonField(label=_("Relationship owner"), required=False)
    language = forms.ChoiceField(label=pgettext_lazy("customer", "Language"), choices=LANGUAGES)
    gender = forms.ChoiceField(
        label=pgettext_lazy("customer", "Gender"), choices=[("", "—"), *GENDERS.items()], required=False
    )
    born_on = day_field(_("Date of birth"), required=False)
    occupation = forms.CharField(label=_("Occupation"), max_length=40, required=False)
    income = forms.CharField(label=_("Income band"), max_length=20, required=False)
    interests = forms.CharField(label=_("Interests"), max_length=200, required=False)
    preferences = forms.CharField(label=_("Preferences"), required=False, widget=forms.Textarea({"rows": 2}))
    is_official = forms.BooleanField(label=_("Works for a public authority"), required=False)
    no_profiling = forms.BooleanField(label=_("Does not want to be profiled"), required=False)

    def clean_phone(self) -> str:
        """Checked here already, so that all faults of a form stand at their fields at once."""
        return _checked(phones.tidy, self.cleaned_data["phone"])

    def clean_email(self) -> str:
        return _checked(mails.tidy, self.cleaned_data["email"])

    def details(self) -> Details:
        """What was typed, for the actions."""
        return Details(
            **{name: self.cleaned_data[name] for name in CustomerForm.base_fields if name in self.fields}
        )


CONTACT = (
    "name",
    "nature",
    "organisation",
    "title",
    "identities",
    "phone",
    "email",
    "wechat",
    "address",
    "city",
)
KEPT = ("stage", "source", "keeper", "language", "is_official", "no_profiling")
PROFILE = ("gender", "born_on", "occupation", "income", "interests", "preferences")


class NewCustomerForm(CustomerForm):
    """With the company, what was agreed to, and the word that it is somebody else than the one who looks like it."""

    purposes = forms.MultipleChoiceField(
        label=_("Agreed to"),
        choices=[(one.value, one.label) for one in Purpose if one != Purpose.SENSITIVE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    basis = forms.ChoiceField(label=_("How that is known"), choices=BASES, required=False)
    proof = forms.CharField(
        label=_("Proof of the consent"),
        max_length=200,
        required=False,
        help_text=_("Where the signed form lies, or who heard it when."),
    )
    is_other = forms.BooleanField(label=_("This is somebody else than those listed"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = CompanyField(companies_for(user), label=_("Company"), empty_label=None)
        self.fields["keeper"].initial = user.pk

    def clean(self) -> dict[str, Any]:
        read = super().clean() or {}
        if read.get("purposes") and not str(read.get("proof", "")).strip():
            self.add_error("proof", _("Please fill this in."))
        return read


class ChangeCustomerForm(SeenForm, CustomerForm):
    """Contact values are not shown: an empty field leaves them, a tick takes them away. So it is with the whole profile of an
    important customer, who comes here with everything gathered (`apart.gather`)."""

    removed = forms.MultipleChoiceField(
        label=_("Remove"), choices=(), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self, *args: Any, customer: Customer, card: ContactCard | None, sees_profile: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.customer, self.sees_profile = customer, sees_profile
        held = []
        for name in ("phone", "email", "wechat", "address"):
            if card and getattr(card, name):
                shown = HIDDEN if customer.is_apart else getattr(card, f"{name}_mask", "") or HIDDEN
                self.fields[name].help_text = _("Now %(value)s; leave this empty to keep it.") % {
                    "value": shown
                }
                held.append((name, self.fields[name].label))
        if not sees_profile:
            for name in PROFILE:
                del self.fields[name]
        elif customer.is_apart:
            # Unmasked on request alone, as everything of an important customer: typed anew or left as it is.
            for name in PROFILE:
                self.initial.pop(name, None)
                if getattr(customer, name):
                    self.fields[name].help_text = _("Known, and kept apart; leave this empty to keep it.")
                    held.append((name, self.fields[name].label))
        self.fields["removed"].choices = held  # type: ignore[attr-defined]
        if not held:
            del self.fields["removed"]
        self.fields["source"].queryset = Source.objects.all()  # type: ignore[attr-defined]

    def details(self) -> Details:
        read = self.cleaned_data
        removed = read.get("removed", ())
        values = {name: read[name] for name in CustomerForm.base_fields if name in self.fields}
        for name in ("phone", "email", "wechat", "address"):
            values[name] = "" if name in removed else read[name] or None
        known = {name: getattr(self.customer, name) for name in PROFILE}
        if not self.sees_profile:
            values |= known
        elif self.customer.is_apart:
            values |= {n: apart.EMPTY[n] if n in removed else read[n] or known[n] for n in PROFILE}
        return Details(**values)


class SensitiveForm(forms.Form):
    """What is kept only with a consent; without one it can be noted here together.

    The diet stands in the form for those who see it, and goes with what they take out of it. For others, and with important
    customers, what is left empty stays as it is, and a tick takes it away; so it is with the identity number for everybody.
    """

    diet = forms.MultipleChoiceField(
        label=pgettext_lazy("customer", "Diet"),
        choices=Diet.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    diet_note = forms.CharField(
        label=pgettext_lazy("customer", "Diet, in words"), max_length=120, required=False
    )
    identity_number = forms.CharField(
        label=pgettext_lazy("customer", "Identity number"),
        max_length=24,
        required=False,
        widget=forms.TextInput(PLAIN_INPUT),
        help_text=_("Only where a visit asks for it; leave this empty to keep what is known."),
    )
    proof = forms.CharField(
        label=_("Proof of the consent to sensitive data"),
        max_length=200,
        required=False,
        help_text=_("Where the signed form lies, or who heard it when."),
    )

    removed = forms.MultipleChoiceField(
        label=_("Remove"), choices=(), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self,
        *args: Any,
        has_consent: bool,
        sees: bool,
        customer: Customer,
        card: ContactCard | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sees = sees
        if has_consent:
            del self.fields["proof"]
        known = {"diet": customer.diet, "diet_note": customer.diet_note}
        held = []
        for name, value in known.items():
            if sees:
                self.initial[name] = value
            elif value:
                held.append(name)
                self.fields[name].help_text = _("Known, and not shown here; leave this empty to keep it.")
        if getattr(apart.record_of(customer) or card, "identity_number", b""):
            held.append("identity_number")
        self.fields["removed"].choices = [(name, self.fields[name].label) for name in held]  # type: ignore[attr-defined]
        if not held:
            del self.fields["removed"]

    def sensitive(self) -> Sensitive:
        read = self.cleaned_data
        removed = read.get("removed", ())
        given = {name: read[name] or None for name in ("diet", "diet_note", "identity_number")}
        if self.sees:
            given |= {name: read[name] for name in ("diet", "diet_note")}
        given |= {name: "" for name in removed if not given[name]}
        return Sensitive(**given)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class RevealForm(forms.Form):
    """What for a value is unmasked; the usual reasons are offered, any other may be typed."""

    reason = forms.CharField(
        label=_("What for"),
        max_length=200,
        widget=forms.TextInput({**PLAIN_INPUT, "list": "reveal-reasons"}),
        help_text=_("The reason is written into the journal with your name; never repeat the value in it."),
    )


class MoveForm(forms.Form):
    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = CompanyField(companies_for(user), label=_("Company"), empty_label=None)


class GradeForm(forms.Form):
    grade = forms.ChoiceField(label=_("Client grade"), choices=Grade.choices, required=False)
    since = day_field(_("Holds from"), initial=clock.today)
    until = day_field(_("Holds until"), required=False, help_text=_("High-end and key grades need an end."))
    reason = forms.CharField(
        label=_("Criteria met"), max_length=200, help_text=_("For instance: 500,000 yuan bought in 2023.")
    )
    departs = forms.BooleanField(
        label=_("Departs from the criteria"),
        required=False,
        help_text=_("The reason then says why."),
    )


class ConsentForm(forms.Form):
    """A consent that a colleague reports."""

    purpose = forms.ChoiceField(label=pgettext_lazy("consent", "Purpose"), choices=Purpose.choices)
    channel = forms.ChoiceField(label=pgettext_lazy("consent", "Channel"), choices=Channel.choices)
    basis = forms.ChoiceField(label=_("How that is known"), choices=BASES)
    proof = forms.CharField(
        label=_("Proof of the consent"),
        max_length=200,
        help_text=_("Where the signed form lies, or who heard it when."),
    )


class WithdrawForm(forms.Form):
    """Withdrawing is as easy as giving: nothing has to be typed."""

    channel = forms.ChoiceField(label=pgettext_lazy("consent", "Channel"), choices=Channel.choices)
    proof = forms.CharField(label=_("Note"), max_length=200, required=False)


class NoticeForm(forms.Form):
    purpose = forms.ChoiceField(label=pgettext_lazy("consent", "Purpose"), choices=Purpose.choices)
    text = forms.CharField(
        label=_("Words of the notice"), max_length=4000, widget=forms.Textarea({"rows": 8})
    )


class TouchForm(forms.Form):
    kind = forms.ChoiceField(
        label=pgettext_lazy("touch", "What happened"),
        choices=[(one.value, TouchKind(one).label) for one in BY_HAND],
    )
    at = forms.DateTimeField(
        label=pgettext_lazy("touch", "When"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    amount = forms.DecimalField(
        label=_("Amount (yuan)"), required=False, min_value=0, max_digits=12, decimal_places=2
    )

    def clean_at(self) -> Any:
        at = self.cleaned_data["at"]
        if at > clock.now():
            raise forms.ValidationError(_("What has not happened yet is not written down here."))
        return at


class GrantForm(forms.Form):
    """Who may look at important customers of which company, what for, until when."""

    user = PersonField(label=pgettext_lazy("look", "Person"))
    purpose = forms.CharField(label=pgettext_lazy("look", "What for"), max_length=200)
    until = day_field(_("Holds until"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = CompanyField(
            companies_for(user, Perm.APART), label=_("Company"), empty_label=None
        )
        self.order_fields(["user", "unit", "until", "purpose"])


class CooperationForm(SeenForm):
    """How the company cooperates with somebody, from when until when."""

    kind = forms.ChoiceField(label=pgettext_lazy("cooperation", "Kind"), choices=CooperationKind.choices)
    agreed = forms.CharField(label=_("What was agreed"), max_length=200, required=False)
    since = day_field(pgettext_lazy("cooperation", "Since"))
    until = day_field(pgettext_lazy("cooperation", "Until"), required=False)

    def __init__(self, *args: Any, cooperation: Cooperation | None = None, **kwargs: Any) -> None:
        if cooperation is not None:
            names = ("kind", "agreed", "since", "until")
            kwargs["initial"] = {name: getattr(cooperation, name) for name in names} | {
                "seen": cooperation_stamp(cooperation)
            }
        super().__init__(*args, **kwargs)


class SourceForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("customer", "Source"), max_length=60)
    basis = forms.CharField(
        label=_("Why it is lawful"),
        max_length=200,
        help_text=_(
            "For instance: entered by the customers themselves on our page, with the notice of version 3."
        ),
    )


class FilterForm(forms.Form):
    """What narrows the list. An unknown value is ignored. Nothing of it is personal, so it may stand in an address."""

    identity = forms.ChoiceField(
        label=pgettext_lazy("customer", "Identity"),
        choices=[("", _("All")), *Identity.choices],
        required=False,
    )
    grade = forms.ChoiceField(
        label=_("Client grade"),
        choices=[("", _("All")), *[c for c in Grade.choices if c[0]], (UNGRADED, Grade.NONE.label)],
        required=False,
    )
    stage = forms.ChoiceField(
        label=_("Sales stage"), choices=[("", _("All")), *[c for c in Stage.choices if c[0]]], required=False
    )
    city = forms.CharField(label=_("City"), max_length=40, required=False)
    keeper = PersonField(label=_("Relationship owner"), required=False)
    state = forms.ChoiceField(
        label=pgettext_lazy("customers", "State"),
        choices=[
            ("", _("All")),
            ("incomplete", _("Incomplete")),
            ("outdated", _("Not confirmed for long")),
            ("merged", pgettext_lazy("customers", "Merged")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = CompanyField(
            companies_for(user, Perm.VIEW), label=_("Company"), required=False, empty_label=lazystr(_("All"))
        )


class SearchForm(forms.Form):
    """Posted, since what people look for is a name or a number (trust T18)."""

    q = forms.CharField(max_length=80, required=False)


class ListForm(forms.Form):
    """A list with where it comes from and, where the people of it agreed to something, the proof."""

    upload = forms.FileField(
        label=pgettext_lazy("list of customers", "File"),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv"}),
        help_text=_("Excel (.xlsx, up to 20 MB) or CSV (up to 200 MB); the first line holds the headings."),
    )
    source = SourceField()
    purposes = forms.MultipleChoiceField(
        label=_("The people of this list agreed to"),
        choices=[(one.value, one.label) for one in Purpose if one != Purpose.SENSITIVE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    proof = forms.CharField(
        label=_("Proof of the consent"),
        max_length=200,
        required=False,
        help_text=_("Where the signed form lies, or who heard it when."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = CompanyField(
            companies_for(user, Perm.IMPORT), label=_("Company"), empty_label=None
        )
        self.order_fields(["upload", "unit", "source", "purposes", "proof"])

    def clean(self) -> dict[str, Any]:
        read = super().clean() or {}
        if read.get("purposes") and not str(read.get("proof", "")).strip():
            self.add_error("proof", _("Please fill this in."))
        return read


class ChoiceForm(forms.Form):
    """What becomes of a line, or of all lines with one result."""

    choice = forms.ChoiceField(choices=Choice.choices)
    result = forms.ChoiceField(choices=Result.choices, required=False)


class ExportForm(forms.Form):
    purpose = forms.ChoiceField(
        label=pgettext_lazy("export of customers", "Purpose"),
        choices=[(one.value, one.label) for one in Purpose if one != Purpose.SENSITIVE],
        help_text=_("Who has not agreed to it is left out; what was agreed needs no consent of its own."),
    )
    reason = forms.CharField(label=_("What the file is for"), max_length=200)
    form = forms.ChoiceField(label=_("Format"), choices=[("xlsx", "Excel"), ("csv", "CSV")])
    is_clear = forms.BooleanField(
        label=_("With phone numbers and addresses in clear"),
        required=False,
        help_text=_("A second person releases it from 50 customers on."),
    )


class DecisionForm(forms.Form):
    words = forms.CharField(label=_("Reason"), max_length=200)
