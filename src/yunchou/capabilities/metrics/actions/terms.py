"""Window and threshold of an indicator (DSH-03, DSH-04)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Series
from ..permissions import Perm
from ..tables import DASHBOARD
from .alerts import watch


@dataclass(frozen=True)
class Terms:
    """Over which days a target falls due, and what an alert compares. Empty: as the subject and the rules say."""

    start_on: date | None = None
    end_on: date | None = None
    lower_is_better: bool = False
    comparison: str = ""
    threshold: Decimal | None = None


@transaction.atomic
def set_terms(*, series: Series, terms: Terms, actor: User) -> Series:
    """Set window and threshold of an indicator, and judge it anew; records `metrics.terms_set`.

    Needs `metrics.edit`. Refuses an end before the start and a threshold that is not 0 to 100.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=series.subject_id)
    require(actor, Perm.EDIT, subject)
    if reason := lock_on(subject, DASHBOARD.key):
        raise WrongState(reason)
    series = Series.objects.get(pk=series.pk)
    if terms.start_on and terms.end_on and terms.end_on < terms.start_on:
        words = say(_("The end lies before the start."))
        raise Invalid(words, fields={"end_on": words})
    if terms.threshold is not None and not 0 <= terms.threshold <= 100:
        words = say(_("A threshold lies between 0 and 100 percent."))
        raise Invalid(words, fields={"threshold": words})
    changed = {
        name: [_plain(before), _plain(value)]
        for name, value in asdict(terms).items()
        if (before := getattr(series, name)) != value
    }
    for name, value in asdict(terms).items():
        setattr(series, name, value)
    series.save(update_fields=[*asdict(terms)])
    if changed:
        data = {"series": str(series), "changes": changed}
        record(journal.TERMS_SET, actor=actor, subject=subject, data=data)
        watch(subject=subject, actor=actor)
    return series


def _plain(value: object) -> str | bool:
    """A term as the journal keeps it."""
    return value if isinstance(value, bool) else "" if value is None else str(value)
