"""What campaigns may say they are for: the register of strategic purposes and points of the customer life cycle (GOA-01)."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User


class Aim(models.Model):
    """An entry that a company added to the register, or a standard one that it words otherwise or does without.

    Campaigns name it by its words, as their workbooks do; so the name stays, and an entry goes out of use, never away.
    `is_for_events` says that an added purpose is one that a customer event may be for; the standard four are anyway.
    """

    class Sort(models.TextChoices):
        PURPOSE = "purpose", _("Strategic purpose")
        STAGE = "stage", _("Point of the customer life cycle")

    sort = models.CharField(_("sort"), max_length=8, choices=Sort)
    name = models.CharField(_("name"), max_length=60)
    meaning = models.CharField(_("meaning"), max_length=200, blank=True)
    is_used = models.BooleanField(_("offered"), default=True)
    is_for_events = models.BooleanField(_("counts for customer events"), default=False)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("purpose or scene")
        ordering = ("sort", "pk")
        constraints = [
            models.UniqueConstraint(fields=["sort", "name"], name="aim_once"),
            models.CheckConstraint(
                condition=Q(is_for_events=False) | Q(sort="purpose"), name="aim_of_events_is_a_purpose"
            ),
        ]

    def __str__(self) -> str:
        return self.name


# What customer events are for (001 §3); one of these, or of those that the company counts among them, is stated before
# one is sent (TYP-08).
EVENT_PURPOSES: Final = ("促进销售", "促进招商", "提升项目品牌", "提升企业品牌")
# The words of 004 二(一) and, of customer events, of 001 §3,
# as workbooks write them, each with what it means; the points of the life cycle are usual ones (a).
STANDARD: Final[dict[str, dict[str, str | Promise]]] = {
    Aim.Sort.PURPOSE: {
        "新客获取": _("win customers who have not bought before"),
        "老客复购": _("bring customers to buy again"),
        "品牌渗透": _("make the brand known and preferred in a market"),
        "促进销售": _("promote sales by a customer event"),
        "促进招商": _("attract tenants and investors"),
        "提升项目品牌": _("raise the brand of a project"),
        "提升企业品牌": _("raise the brand of the company"),
    },
    Aim.Sort.STAGE: {
        "认知": _("hears of the brand for the first time"),
        "兴趣": _("asks, compares, leaves contact data"),
        "首购": _("buys for the first time"),
        "使用": _("uses what was bought and is cared for"),
        "复购": _("buys again or more"),
        "推荐": _("brings other customers"),
        "唤回": _("has not come for a long time and is won back"),
    },
}
