"""Forms of coupons, forwarding tasks and live streams."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.sales.actions import OrderFacts
from yunchou.capabilities.sales.forms.shared import (
    PLAIN,
    CustomerSelect,
    CustomersSelect,
    customers_in,
    line,
    moment,
    words,
    yuan,
)
from yunchou.capabilities.sales.models import Order, OrderChannel
from yunchou.directory.customers.models import Customer
from yunchou.directory.organisation.forms import PeopleField, PersonField, day_field
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from ..actions import SeriesFacts, StreamFacts, StreamResult, TaskFacts
from ..actions.coupons import series_stamp
from ..actions.forwarding import MOST_REWARDED_FROM
from ..actions.shared import FIRST_DAY, LAST_DAY
from ..actions.streams import plan_stamp, result_stamp
from ..models import Coupon, CouponSeries, RewardBy, SeriesKind, Stream


def _unseen(form: SeenForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "seen"}


def pick_customers(field: Any, subject: Subject) -> None:
    """Accept customers of the activity's company, and ask the server for choices."""
    field.queryset = customers_in(subject)
    address = reverse("promotions:customer_options", args=[subject.pk])
    field.widget.attrs.update({"data-pick": "", "data-pick-url": address})


def _day(label: Any) -> forms.DateField:
    return day_field(label, validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)])


class SeriesForm(SeenForm):
    """Coupons or prizes of one kind."""

    title = line(pgettext_lazy("coupons", "Name"), 60)
    kind = forms.ChoiceField(label=pgettext_lazy("coupons", "Kind"), choices=SeriesKind.choices)
    terms = words(_("What it gives, under which conditions"), 200)
    value = yuan(_("Worth of one in yuan"))
    stock = forms.IntegerField(label=pgettext_lazy("coupons", "How many"), min_value=1)
    each = forms.IntegerField(label=_("At most for one person"), min_value=1, initial=1)
    starts_on = _day(pgettext_lazy("coupons", "Good from"))
    ends_on = _day(pgettext_lazy("coupons", "Good until"))
    stream: Any = forms.ModelChoiceField(
        label=_("Live stream"), queryset=Stream.objects.none(), required=False,
        help_text=_("Coupons that are handed out in a live stream are counted there."),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=_("People take one themselves, leaving their contact data"), required=False
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stream"].queryset = Stream.objects.filter(subject=subject, removed_at=None)  # type: ignore[attr-defined]

    @property
    def facts(self) -> SeriesFacts:
        return SeriesFacts(**_unseen(self))


def series_values(series: CouponSeries) -> dict[str, Any]:
    own = {"stream": series.stream_id, "seen": series_stamp(series)}
    return {name: getattr(series, name) for name in SeriesForm.base_fields if name not in own} | own


class IssueForm(forms.Form):
    """Who gets a coupon."""

    customer: Any = forms.ModelChoiceField(
        label=_("Customer"), queryset=Customer.objects.none(), widget=CustomerSelect
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pick_customers(self.fields["customer"], subject)


class ReasonForm(forms.Form):
    """Why."""

    reason = line(pgettext_lazy("coupons", "Reason"), 120)


class CodeForm(forms.Form):
    """A code as it is typed, or read by a scanner that types."""

    code = line(
        pgettext_lazy("coupons", "Code"),
        300,
        widget=forms.TextInput(
            {**PLAIN, "autofocus": True, "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class RedeemForm(forms.Form):
    """Where it is redeemed, and the order where there is one."""

    place = line(pgettext_lazy("coupons", "Counter or shop"), 40, required=False)
    number = line(pgettext_lazy("order", "Number"), 40, required=False, widget=forms.TextInput(PLAIN))
    amount = yuan(pgettext_lazy("order", "Amount"), required=False)
    channel = forms.ChoiceField(
        label=pgettext_lazy("order", "Channel"), choices=OrderChannel.choices, required=False
    )

    def __init__(self, *args: Any, with_order: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_order:
            for name in ("number", "amount", "channel"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        for one, other in (("number", "amount"), ("amount", "number")):
            if one in self.fields and read.get(one) and not read.get(other) and other not in self.errors:
                self.add_error(other, str(_("Please fill this in.")))
        return read

    @property
    def order(self) -> OrderFacts | None:
        read = self.cleaned_data
        if not read.get("number"):
            return None
        return OrderFacts(read["number"], read["channel"] or OrderChannel.SHOP, read["amount"], clock.now())


class LinkForm(forms.Form):
    """Which order of the person a coupon led to."""

    order: Any = forms.ModelChoiceField(label=_("Order or contract"), queryset=Order.objects.none())

    def __init__(self, *args: Any, coupon: Coupon, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["order"]
        field.queryset = Order.objects.filter(
            customer=coupon.customer_id, subject=coupon.series.subject_id, cancelled_at=None
        )


class StreamForm(SeenForm):
    """A session as it is planned."""

    title = line(pgettext_lazy("stream", "Session"), 60)
    platform = line(pgettext_lazy("stream", "Platform"), 40)
    host = line(pgettext_lazy("stream", "Host"), 40, required=False)
    planned_from = moment(_("Planned from"))
    planned_until = moment(_("Planned until"))
    viewers_target = forms.IntegerField(label=_("Viewers aimed at"), min_value=0, max_value=1_999_999_999)

    @property
    def facts(self) -> StreamFacts:
        return StreamFacts(**_unseen(self))


def _count(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1_999_999_999, required=False, **options)


class ResultForm(SeenForm):
    """What a session came to."""

    held_from = moment(_("Held from"))
    held_until = moment(_("Held until"), required=False)
    viewers = _count(pgettext_lazy("stream", "Viewers"))
    interactions = _count(_("Interactions"), help_text=_("Comments, likes, questions, shares together."))
    told_coupons = _count(_("Coupons, as the platform says"))
    told_leads = _count(_("Leads, as the platform says"))
    note = line(pgettext_lazy("stream", "Note"), 200, required=False)

    @property
    def result(self) -> StreamResult:
        return StreamResult(**_unseen(self))


def stream_values(stream: Stream, form: type[forms.Form]) -> dict[str, Any]:
    """What a form begins with; moments as people write them."""
    values = {
        name: clock.local(value) if hasattr(value := getattr(stream, name), "astimezone") else value
        for name in form.base_fields
        if name != "seen"
    }
    return values | {"seen": plan_stamp(stream) if form is StreamForm else result_stamp(stream)}


class StreamsForm(forms.Form):
    """A table, uploaded or pasted; `kept` carries what was read until it is confirmed."""

    file = forms.FileField(label=_("Table (.xlsx or text)"), required=False)
    pasted = forms.CharField(
        label=_("Or cells copied out of a table, with their headings"), required=False, max_length=200_000,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip
    kept = forms.CharField(required=False, max_length=400_000, widget=forms.HiddenInput)

    def show_again(self, text: str) -> None:
        """What was read and cannot be taken in stands where it is pasted, to be put right there."""
        typed: Any = self.data
        again = typed.copy()
        again["pasted"] = text
        self.data = again


class TaskForm(forms.Form):
    """A forwarding task with its reward."""

    title = line(pgettext_lazy("forwarding", "Task"), 60)
    text = words(_("What is forwarded"), 500)
    quota = forms.IntegerField(label=_("People each is to invite"), min_value=1, max_value=10_000, initial=5)
    starts_on = _day(pgettext_lazy("forwarding", "From"))
    ends_on = _day(pgettext_lazy("forwarding", "Until"))
    reward = line(pgettext_lazy("forwarding", "Reward"), 80, required=False)
    reward_from = forms.IntegerField(
        label=_("Reward from"),
        min_value=1,
        max_value=MOST_REWARDED_FROM,
        required=False,
        help_text=_("Such as 50 forwards."),
    )
    reward_by = forms.ChoiceField(
        label=_("Reward counted by"), choices=RewardBy.choices, initial=RewardBy.FORWARDS
    )
    series: Any = forms.ModelChoiceField(
        label=_("Reward is a coupon of"), queryset=CouponSeries.objects.none(), required=False
    )
    keeper = PersonField(label=pgettext_lazy("lead", "Followed up by"))

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["series"]
        field.queryset = CouponSeries.objects.filter(subject=subject, closed_at=None)

    @property
    def facts(self) -> TaskFacts:
        read = {**self.cleaned_data}
        read.pop("keeper")
        return TaskFacts(**read)


class PromotersForm(forms.Form):
    """Who has the task."""

    users = PeopleField(label=_("Colleagues"), required=False)
    customers: Any = forms.ModelMultipleChoiceField(
        label=_("Customers"), queryset=Customer.objects.none(), widget=CustomersSelect, required=False,
        help_text=_("Such as owners of communities."),
    )  # fmt: skip
    group = line(_("Group or community"), 60, required=False)
    quota = forms.IntegerField(
        label=_("Each is to invite"), min_value=1, max_value=10_000, required=False,
        help_text=_("Left out: as the task says."),
    )  # fmt: skip

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pick_customers(self.fields["customers"], subject)

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        if not self.errors and not read.get("users") and not read.get("customers"):
            self.add_error("users", str(_("Choose somebody.")))
        return read


class ForwardsForm(forms.Form):
    """How often somebody forwarded."""

    count = forms.IntegerField(
        label=pgettext_lazy("forwarding", "Forwards"),
        help_text=_("A number below zero puts an earlier one right."),
    )
    proof = line(_("What shows it"), 120, help_text=_("A screenshot's place, a report of the platform."))
