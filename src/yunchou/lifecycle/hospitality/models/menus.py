"""What is served in a session, by whom, and who gets something else (EXE-10)."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.text import listed
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest, Session


class Course(models.TextChoices):
    """The parts of a meal, in the order in which they come to the table."""

    COLD = "cold", pgettext_lazy("course", "Cold dishes")
    SOUP = "soup", pgettext_lazy("course", "Soup")
    HOT = "hot", pgettext_lazy("course", "Hot dishes")
    STAPLE = "staple", pgettext_lazy("course", "Rice and noodles")
    DESSERT = "dessert", pgettext_lazy("course", "Dessert and fruit")
    DRINK = "drink", pgettext_lazy("course", "Drinks")


class Content(models.TextChoices):
    """What a dish contains that somebody may not eat; `diets.FORBIDS` says who."""

    PORK = "pork", pgettext_lazy("dish contains", "Pork")
    BEEF = "beef", pgettext_lazy("dish contains", "Beef or lamb")
    POULTRY = "poultry", pgettext_lazy("dish contains", "Poultry")
    SEAFOOD = "seafood", pgettext_lazy("dish contains", "Fish or seafood")
    NUTS = "nuts", pgettext_lazy("dish contains", "Nuts or peanuts")
    DAIRY = "dairy", pgettext_lazy("dish contains", "Milk products")
    EGG = "egg", pgettext_lazy("dish contains", "Egg")
    GLUTEN = "gluten", pgettext_lazy("dish contains", "Gluten")
    ALCOHOL = "alcohol", pgettext_lazy("dish contains", "Alcohol")
    CHILLI = "chilli", pgettext_lazy("dish contains", "Chilli")
    SUGAR = "sugar", pgettext_lazy("dish contains", "Much sugar")


class Menu(models.Model):
    """The meal of one session. Once it is fixed nothing of it changes until it is opened again with a reason.

    `keeper` is told of guests whom it does not suit. `budget_line` is what the meal is paid from; `fixed_people` for how many
    it was fixed.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="menus")
    session = models.OneToOneField(Session, models.PROTECT, related_name="menu")
    keeper = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("menu", "in charge")
    )
    budget_line = models.ForeignKey(
        BudgetLine, models.SET_NULL, null=True, related_name="+", verbose_name=_("budget line")
    )
    note = models.CharField(pgettext_lazy("menu", "note to the kitchen"), max_length=300, blank=True)
    fixed_at = models.DateTimeField(null=True, editable=False)
    fixed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    fixed_people = models.PositiveIntegerField(null=True, editable=False)
    reopened_reason = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("meal", "menu")
        ordering = ("session__starts_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(fixed_at=None, fixed_by=None, fixed_people=None)
                | Q(fixed_at__isnull=False, fixed_by__isnull=False, fixed_people__isnull=False),
                name="menu_fixed_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return str(self.session)

    @property
    def is_fixed(self) -> bool:
        return self.fixed_at is not None


class Offer(models.Model):
    """A caterer for a meal: price per head with tax, and for how many at most. One is chosen."""

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="offers")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+", verbose_name=_("supplier"))
    price = YuanField(_("price per head"), validators=[MinValueValidator(Decimal("0.01"))])
    at_most = models.PositiveIntegerField(_("for how many at most"))
    note = models.CharField(pgettext_lazy("menu", "note"), max_length=200, blank=True)
    chosen_at = models.DateTimeField(null=True, editable=False)
    chosen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    reason = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("catering offer")
        ordering = ("price", "pk")
        constraints = [
            models.UniqueConstraint(fields=["menu", "supplier"], name="caterer_offers_once"),
            models.UniqueConstraint(
                fields=["menu"], condition=Q(chosen_at__isnull=False), name="caterer_chosen_once"
            ),
            models.CheckConstraint(condition=Q(at_most__gt=0), name="caterer_serves_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.supplier)


class Dish(models.Model):
    """A dish and what it contains. Those that are `is_extra` are made for those alone who get them instead of another."""

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="dishes")
    course = models.CharField(pgettext_lazy("menu", "course"), max_length=8, choices=Course)
    name = models.CharField(pgettext_lazy("menu", "dish"), max_length=60)
    contains = models.JSONField(pgettext_lazy("menu", "contains"), default=list, blank=True)
    is_halal = models.BooleanField(_("from a halal kitchen"), default=False)
    is_extra = models.BooleanField(_("only in place of another dish"), default=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("menu", "dish")
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["menu", "name"], name="dish_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def contents(self) -> list[str]:
        """What it contains, in the reader's words."""
        return [str(Content(code).label) for code in self.contains if code in Content.values]

    @property
    def contents_listed(self) -> str:
        """The same in one text."""
        return listed(self.contents)


class Substitute(models.Model):
    """A guest gets another dish instead of one. Why stands nowhere: that is the guest's."""

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="substitutes")
    dish = models.ForeignKey(Dish, models.CASCADE, related_name="replaced")
    instead = models.ForeignKey(Dish, models.CASCADE, related_name="instead_of")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = pgettext_lazy("menu", "substitute")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["guest", "dish"], name="substitute_once")]

    def __str__(self) -> str:
        return f"{self.dish} → {self.instead}"
