"""Coupons: made, issued out of a limited stock, redeemed once, linked to the order they led to (EXE-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.sales.actions import (
    LeadFacts,
    OrderFacts,
    Person,
    capture_lead,
    close_own_forms,
    enter_order,
    mark_stale,
    open_own_forms,
)
from yunchou.capabilities.sales.models import LeadChannel, LeadForm, Order, Way
from yunchou.directory.customers.actions.consents import Agreed
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import Customer, CustomerIdentity, Identity, TouchKind
from yunchou.directory.customers.selectors.find import home_of
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..models import Coupon, CouponSeries, SeriesKind, Stream
from ..models.coupons import MOST
from ..permissions import Perm
from ..rules import Presented, refusal
from .shared import OWNER, demand_days, opened


@dataclass(frozen=True)
class SeriesFacts:
    """Coupons of one kind as they are set."""

    title: str
    terms: str
    value: Decimal
    stock: int
    starts_on: date
    ends_on: date
    kind: str = SeriesKind.COUPON
    each: int = 1
    stream: Stream | None = None
    is_public: bool = False


CHANGES = {
    "title": _("name"), "terms": _("terms"), "value": _("worth"), "stock": _("how many"), "each": _("at most for one person"),
    "starts_on": _("first day"), "ends_on": _("last day"), "stream": _("live stream"),
    "is_public": _("people take one themselves"), "kind": _("kind"),
}  # fmt: skip


@transaction.atomic
def make_series(
    *, subject: Subject, facts: SeriesFacts, actor: User, keeper: User | None = None
) -> CouponSeries:
    """Set coupons: what each gives, how many there are and until when. `keeper` follows up the leads of the public page.

    Refuses without `promotions.edit`, a title twice, days out of order and a stream of another activity; records
    `promotions.series_made`.
    """
    locked = opened(subject, actor, Perm.EDIT)
    _check(facts, locked)
    if CouponSeries.objects.filter(subject=locked, title=facts.title.strip()).exists():
        raise at_field("title", _("There are coupons of this name already."))
    made = CouponSeries(subject=locked, made_by=actor)
    _write(made, facts)
    made.save()
    if made.is_public:
        _open_page(made, keeper or actor, actor)
    record(journal.SERIES_MADE, actor=actor, subject=locked, data={"series": made.title, "stock": made.stock})
    return made


def series_stamp(series: CouponSeries) -> str:
    """How coupons stood when a form showed them; how many are issued meanwhile is no change."""
    return stamp(*(getattr(series, "stream_id" if name == "stream" else name) for name in CHANGES))


@transaction.atomic
def change_series(*, series: CouponSeries, facts: SeriesFacts, actor: User, seen: str = "") -> CouponSeries:
    """Change coupons. Terms, worth and days of what people hold already may become better, never worse.

    Refuses without `promotions.edit`, closed ones, a form that shows older values than stand now, and a stock below what is
    issued; records `promotions.series_changed`.
    """
    subject = opened(series.subject, actor, Perm.EDIT)
    locked = _locked_series(series)
    locked.subject = subject
    if locked.closed_at:
        raise wrong(_("No more of these coupons are issued."))
    refuse_stale(seen, series_stamp(locked))
    _check(facts, subject)
    if facts.stock < locked.issued:
        raise at_field("stock", _("{count} are issued already."), count=locked.issued)
    if locked.issued:
        if facts.terms.strip() != locked.terms or facts.kind != locked.kind:
            raise at_field("terms", _("People hold coupons with these terms; make new ones for others."))
        if facts.value < locked.value:
            raise at_field("value", _("People hold coupons of this worth; it may only grow."))
        if facts.ends_on < locked.ends_on:
            msgid = _("People hold coupons until {day}; it may only become later.")
            raise at_field("ends_on", msgid, day=locked.ends_on.isoformat())
        if facts.starts_on > locked.starts_on:
            msgid = _("People hold coupons good from {day} on; it may only become earlier.")
            raise at_field("starts_on", msgid, day=locked.starts_on.isoformat())
    other = CouponSeries.objects.filter(subject=subject, title=facts.title.strip()).exclude(pk=locked.pk)
    if other.exists():
        raise at_field("title", _("There are coupons of this name already."))
    before = {name: getattr(locked, name) for name in CHANGES}
    _write(locked, facts)
    changed = [name for name in CHANGES if getattr(locked, name) != before[name]]
    if not changed:
        return locked
    locked.save()
    if locked.is_public and locked.form_id is None:
        _open_page(locked, actor, actor)
    words: Say = say(CHANGES[changed[0]])
    for name in changed[1:]:
        words = say(_("{before}, {word}"), before=words, word=say(CHANGES[name]))
    record(journal.SERIES_CHANGED, actor=actor, subject=subject, data={"series": locked.title, "what": words})
    return locked


@transaction.atomic
def close_series(*, series: CouponSeries, actor: User) -> CouponSeries:
    """Issue no more; what is issued stays good. Refuses without `promotions.edit`; records `promotions.series_closed`."""
    subject = opened(series.subject, actor, Perm.EDIT)
    locked = _locked_series(series)
    if locked.closed_at:
        raise wrong(_("No more of these coupons are issued."))
    locked.closed_at = clock.now()
    locked.save(update_fields=["closed_at"])
    if locked.form_id:
        close_own_forms(subject=subject, forms=[locked.form_id], owned_by=OWNER)
    record(journal.SERIES_CLOSED, actor=actor, subject=subject, data={"series": locked.title})
    return locked


@transaction.atomic
def issue_coupon(*, series: CouponSeries, customer: Customer, actor: User) -> Coupon:
    """Give a customer of the activity's company a coupon.

    Refuses without `promotions.redeem`, when none is left, when the person has as many as one may have, and when they are
    over; records `promotions.issued`.
    """
    subject = opened(series.subject, actor, Perm.REDEEM)
    if customer.subject.unit_id != home_of(subject.unit).pk:
        raise at_field("customer", _("This is no customer of the activity's company."))
    return give(series=series, subject=subject, customer=customer, actor=actor)


@transaction.atomic
def take_coupon(
    *, series: CouponSeries, person: Person, consents: list[Agreed], key: str, need: str = ""
) -> Coupon:
    """Somebody takes a coupon on our public page: they are a lead of the activity from then on.

    The same form sent twice gives one coupon. Refuses as `issue_coupon`, faulty contact data at their field, and where
    people cannot take one themselves.
    """
    subject = opened(series.subject, None, "")
    kept = CouponSeries.objects.select_related("form__keeper", "stream").get(pk=series.pk)
    if not kept.is_public or kept.form is None:
        raise wrong(_("These coupons cannot be taken here."))
    if same := Coupon.objects.filter(series=kept, key=key).select_related("series").first():
        return same
    if reason := _nothing_left(kept):
        raise WrongState(reason)  # before anything is kept of the person
    form: LeadForm = kept.stream.form if kept.stream else kept.form
    caught = capture_lead(
        subject=subject, facts=LeadFacts(form.channel, form.place, need), person=person, consents=consents, actor=None,
        way=Way.PUBLIC, owner=kept.form.keeper, form=form,
    )  # fmt: skip
    return give(
        series=kept, subject=subject, customer=caught.lead.customer, actor=None, way=Way.PUBLIC, key=key
    )


def give(
    *,
    series: CouponSeries,
    subject: Subject,
    customer: Customer,
    actor: User | None,
    way: str = Way.PAGE,
    key: str = "",
    is_reward: bool = False,
) -> Coupon:
    """Issue one within the caller's transaction, which has asked for the right: one statement takes it out of the stock.

    A reward that was earned is given beside what the person took before. A member discount is for club members alone.
    """
    fresh = CouponSeries.objects.get(pk=series.pk)
    if (
        fresh.kind == SeriesKind.MEMBER
        and not CustomerIdentity.objects.filter(customer=customer, identity=Identity.MEMBER).exists()
    ):
        raise at_field("customer", _("A member discount is given to members of the club."))
    if reason := _nothing_left(fresh):
        raise WrongState(reason)
    free = CouponSeries.objects.filter(pk=series.pk, issued__lt=F("stock"), closed_at=None)
    if not free.update(issued=F("issued") + 1):
        raise wrong(_("None of these coupons is left."))
    # The statement holds the series' row: from here on nobody else issues one of them before this is done.
    has = Coupon.objects.filter(series=fresh, customer=customer, voided_at=None).count()
    if has >= fresh.each and not is_reward:
        if actor is None:  # whose number was typed is not known: what they have is not told
            msgid = _("No coupon can be given here. If you have taken one already, use that one.")
            raise at_field("customer", msgid)
        raise at_field(
            "customer", _("This person has {count} of them already; more are not given."), count=has
        )
    last = Coupon.objects.filter(series=fresh).order_by("-number").values_list("number", flat=True).first()
    made = Coupon.objects.create(
        series=fresh, number=(last or 0) + 1, customer=customer, way=way, issued_by=actor, key=key or None
    )
    data = {"number": made.number, "series": fresh.title}
    record(journal.ISSUED, actor=actor, subject=subject, data=data)
    mark_stale(subject.pk)
    return made


@transaction.atomic
def redeem_coupon(*, coupon: Coupon, actor: User, place: str = "", order: OrderFacts | None = None) -> Coupon:
    """Redeem a coupon, once, with the order it led to where there is one: of two counters at the same moment one does it.

    Refuses without `promotions.redeem` (and `sales.edit` where an order is entered), and says in plain words why a coupon is
    not good: redeemed when and where, taken back, too early, too late. Records `promotions.redeemed`.
    """
    # Coupons are redeemed after the activity too, while they are good.
    subject = open_table(coupon.series.subject, "", actor, Perm.REDEEM)
    kept = Coupon.objects.select_related("series", "customer").get(pk=coupon.pk)
    kept.series.subject = subject
    if reason := refused(kept):
        raise WrongState(reason)
    open_ones = Coupon.objects.filter(pk=kept.pk, redeemed_at=None, voided_at=None)
    changed = open_ones.update(redeemed_at=clock.now(), redeemed_by=actor, place=place.strip()[:40])
    kept.refresh_from_db()
    if not changed:
        raise WrongState(refused(kept) or say(_("This coupon cannot be redeemed now.")))
    data = {"number": kept.number, "series": kept.series.title, "place": kept.place or "—"}
    record(journal.REDEEMED, actor=actor, subject=subject, data=data)
    record_touches([
        TouchRow(
            customer_id=kept.customer_id, kind=TouchKind.GIFT, subject_id=subject.pk, note=kept.series.title,
            by_id=actor.pk, key=f"coupon:{kept.pk}",
        )
    ])  # fmt: skip
    if order is not None:
        made, _new = enter_order(facts=order, actor=actor, customer=kept.customer, subject=subject)
        _link(kept, made)
    mark_stale(subject.pk)
    return kept


@transaction.atomic
def link_order(*, coupon: Coupon, order: Order, actor: User) -> Coupon:
    """Say which order a redeemed coupon led to. Refuses without `promotions.redeem`, a coupon that is not redeemed, an order of
    somebody else or of another activity; records `promotions.linked`."""
    subject = open_table(coupon.series.subject, "", actor, Perm.REDEEM)
    locked = Coupon.objects.select_for_update(of=("self",)).select_related("series").get(pk=coupon.pk)
    if locked.redeemed_at is None:
        raise wrong(_("This coupon is not redeemed yet."))
    if order.customer_id != locked.customer_id or order.subject_id != subject.pk or order.cancelled_at:
        raise at_field("order", _("This is no order of this person for this activity."))
    if locked.order_id == order.pk:
        return locked
    _link(locked, order)
    data = {"order": order.number, "number": locked.number, "series": locked.series.title}
    record(journal.LINKED, actor=actor, subject=subject, data=data)
    mark_stale(subject.pk)
    return locked


@transaction.atomic
def void_coupon(*, coupon: Coupon, reason: str, actor: User) -> Coupon:
    """Take a coupon back that was not redeemed; it goes back to the stock. Refuses without `promotions.edit`; records
    `promotions.voided`."""
    subject = opened(coupon.series.subject, actor, Perm.EDIT)
    why = wanted(reason, "reason", 120)
    open_ones = Coupon.objects.filter(pk=coupon.pk, redeemed_at=None, voided_at=None)
    if not open_ones.update(voided_at=clock.now(), void_why=why):
        raise wrong(_("This coupon was redeemed or taken back already."))
    CouponSeries.objects.filter(pk=coupon.series_id).update(issued=F("issued") - 1)
    data = {"number": coupon.number, "series": coupon.series.title, "reason": why}
    record(journal.VOIDED, actor=actor, subject=subject, data=data)
    mark_stale(subject.pk)
    return Coupon.objects.select_related("series").get(pk=coupon.pk)


def refused(coupon: Coupon) -> Say | None:
    """Why a coupon is not redeemed now, in plain words; None where it is good."""
    when = ""
    if coupon.redeemed_at:
        when = f"{clock.local(coupon.redeemed_at):%Y-%m-%d %H:%M}" + (
            f" · {coupon.place}" if coupon.place else ""
        )
    series = coupon.series
    return refusal(
        Presented(clock.today(), series.starts_on, series.ends_on, when, is_void=coupon.voided_at is not None)
    )


def _nothing_left(series: CouponSeries) -> Say | None:
    if series.closed_at:
        return say(_("No more of these coupons are issued."))
    if series.has_ended:
        return say(_("These coupons were good until {day}."), day=series.ends_on.isoformat())
    return say(_("None of these coupons is left.")) if series.issued >= series.stock else None


def _link(coupon: Coupon, order: Order) -> None:
    coupon.order = order
    coupon.save(update_fields=["order"])


def _locked_series(series: CouponSeries) -> CouponSeries:
    found: CouponSeries = CouponSeries.objects.select_for_update(of=("self",)).get(pk=series.pk)
    return found


def _check(facts: SeriesFacts, subject: Subject) -> None:
    wanted(facts.title, "title", 60)
    wanted(facts.terms, "terms", 200)
    if facts.value < 0:
        raise at_field("value", _("The worth is not below zero."))
    if not 0 < facts.stock <= MOST:
        raise at_field("stock", _("Between 1 and {most}."), most=MOST)
    if not 0 < facts.each <= 100:
        raise at_field("each", _("Between 1 and {most}."), most=100)
    demand_days(facts.starts_on, facts.ends_on)
    if facts.kind == SeriesKind.MEMBER and facts.is_public:
        # Who typed a number there would learn whether it is a member's.
        raise at_field("is_public", _("Member discounts are given by colleagues, who know the member."))
    if facts.stream is not None and (facts.stream.subject_id != subject.pk or facts.stream.removed_at):
        raise at_field("stream", _("Choose a live stream of this activity."))


def _write(series: CouponSeries, facts: SeriesFacts) -> None:
    series.title, series.terms = facts.title.strip(), facts.terms.strip()
    series.value, series.stock, series.each = facts.value, facts.stock, facts.each
    series.starts_on, series.ends_on, series.kind = facts.starts_on, facts.ends_on, SeriesKind(facts.kind)
    series.stream, series.is_public = facts.stream, facts.is_public


def _open_page(series: CouponSeries, keeper: User, actor: User) -> None:
    [series.form] = open_own_forms(
        subject=series.subject, places=[series.title[:40]], keeper=keeper, actor=actor, channel=LeadChannel.FORM,
        owned_by=OWNER,
    )  # fmt: skip
    series.save(update_fields=["form"])
