"""What campaigns tell the head of a marketing centre about each department (ORG-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from yunchou.directory.organisation.standing import Figure, Measure, declare
from yunchou.kernel.identity.models import Unit

from .models import Campaign, Status

AT_WORK = (Status.PLANNING, Status.IN_APPROVAL, Status.APPROVED, Status.PREPARING, Status.RUNNING)


def _at_work(units: Sequence[Unit]) -> Mapping[int, Figure]:
    """Campaigns of a department on their way or running; of how many that is all."""
    found = Campaign.objects.filter(status__in=AT_WORK).values_list("subject__unit__path", "status")
    counted = found.annotate(n=Count("pk")).order_by()
    total = {unit.pk: [0, 0] for unit in units}
    for path, status, number in counted:
        for unit in units:
            if path.startswith(unit.path):
                total[unit.pk][0] += number
                total[unit.pk][1] += number if status == Status.RUNNING else 0
    return {pk: Figure(f"{n} / {running}") for pk, (n, running) in total.items() if n}


declare(Measure("campaigns", _("Campaigns / running"), _at_work, order=10))
