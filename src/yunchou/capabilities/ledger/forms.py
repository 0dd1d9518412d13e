"""What people type about ceilings and months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.suppliers.forms import SupplierField
from yunchou.kernel.identity.models import User

from .models import Account
from .selectors.limits import cuts_of
from .selectors.pages import Asked, Cut
from .states import Dimension, Effect, Kind, Slice, Stage, State

WHOLE: Final = f"{Dimension.ALL}:"


class CeilingForm(forms.Form):
    """A ceiling on an account or one slice of it; an empty amount lifts it."""

    cut = forms.ChoiceField(label=_("Of"))
    limit = forms.DecimalField(
        label=_("Ceiling"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    at_reserve = forms.ChoiceField(label=Stage.RESERVE.label, choices=Effect, initial=Effect.BLOCK)
    at_commit = forms.ChoiceField(label=Stage.COMMIT.label, choices=Effect, initial=Effect.BLOCK)
    at_spend = forms.ChoiceField(label=Stage.SPEND.label, choices=Effect, initial=Effect.BLOCK)
    reason = forms.CharField(label=pgettext_lazy("ledger", "Reason"), max_length=300)

    def __init__(self, *args: Any, account: Account, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["limit"].widget = forms.TextInput(attrs={"inputmode": "decimal"})
        self.fields["cut"].choices = _cut_choices(account)  # type: ignore[attr-defined]
        if account.kind != Account.Kind.LINE:
            self.fields["supplier"] = SupplierField(
                user=user, every=True, label=Dimension.SUPPLIER.label, required=False,
                help_text=_("Only for a ceiling on one supplier."),
            )  # fmt: skip
            self.order_fields(["cut", "supplier"])

    def clean(self) -> dict[str, Any]:
        """A supplier is one part, a category or a period another: a ceiling is of one."""
        given = super().clean() or {}
        cut, supplier = given.get("cut", ""), given.get("supplier")
        if supplier and cut and cut != WHOLE:
            self.add_error(
                "supplier", _("A ceiling is of one part: leave this empty, or choose “Everything” above.")
            )
        return given

    @property
    def slice(self) -> Slice:
        """What the ceiling is of."""
        if supplier := self.cleaned_data.get("supplier"):
            return Slice(Dimension.SUPPLIER, str(supplier.pk))
        dimension, _sign, value = self.cleaned_data["cut"].partition(":")
        return Slice(Dimension(dimension), value)


def _cut_choices(account: Account) -> list[Any]:
    """The slices of an account by dimension, as one field offers them."""
    groups: dict[Dimension, list[tuple[str, str]]] = {}
    for cut in cuts_of(account):
        if cut.dimension != Dimension.ALL:
            groups.setdefault(cut.dimension, []).append((f"{cut.dimension}:{cut.value}", cut.value))
    return [(WHOLE, Dimension.ALL.label), *((one.label, choices) for one, choices in groups.items())]


class EntryFilterForm(forms.Form):
    """What narrows the entries of an account; offered is what the account has."""

    def __init__(self, data: Asked, cuts: Sequence[Cut]) -> None:
        super().__init__({name: getattr(data, name) for name in Asked.__dataclass_fields__})
        self.asked = data
        self.fields["kind"] = _choice(pgettext_lazy("ledger", "Type"), Kind.choices)
        self.fields["state"] = _choice(pgettext_lazy("ledger", "State"), State.choices)
        for cut in cuts:
            known = [(row.key, row.name) for row in cut.rows]
            given = str(getattr(data, cut.dimension))
            if given and given not in dict(known):
                known.append((given, given))
            self.fields[str(cut.dimension)] = _choice(cut.dimension.label, known)

    def chips(self) -> list[dict[str, str]]:
        """The filters in force, each with the address without it."""
        found = []
        for name, field in self.fields.items():
            if value := str(getattr(self.asked, name)):
                words = dict(field.choices).get(value, value)  # type: ignore[attr-defined]
                url = f"?{self.asked.without(name)}#entries"
                found.append({"label": str(field.label), "value": str(words), "remove_url": url})
        return found


def _choice(label: Any, choices: Sequence[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", lazystr(_("All"))), *choices], required=False)
