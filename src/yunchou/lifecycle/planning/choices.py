"""Words of a list that tables of a plan hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class Purpose(models.TextChoices):
    """What a dedicated budget may be used for, and nothing else (BUD-27)."""

    ADVERTISING = "advertising", pgettext_lazy("dedicated budget", "Advertising")
    PR = "pr", pgettext_lazy("dedicated budget", "Public relations")


class RiskKind(models.TextChoices):
    """Where a risk to budget and cost comes from (002 §9)."""

    ECONOMY = "economy", pgettext_lazy("budget risk", "Economy")
    COMPETITION = "competition", pgettext_lazy("budget risk", "Competition")
    PRICE = "price", pgettext_lazy("budget risk", "Prices")
    POLICY = "policy", pgettext_lazy("budget risk", "Policy")
    DEMAND = "demand", pgettext_lazy("budget risk", "Demand")
    SUPPLY = "supply", pgettext_lazy("budget risk", "Suppliers")
    OTHER = "other", pgettext_lazy("budget risk", "Other")


class RiskState(models.TextChoices):
    """What has become of a risk, as its last review says."""

    OPEN = "open", pgettext_lazy("budget risk", "Open")
    OCCURRED = "occurred", pgettext_lazy("budget risk", "Occurred")
    OVER = "over", pgettext_lazy("budget risk", "Over")
