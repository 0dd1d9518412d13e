"""How often data is saved, how often restoring is tried, how long backups are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import WARN, Verdict, failed, passed


@dataclass(frozen=True)
class Since:
    """How long ago something last went well; where it never did, how long the installation has been there."""

    ago: timedelta
    never: bool = False


@rule(
    "K-BAK-01",
    clause="002 5.1",
    severity=WARN,
    params={"hours": 26, "daily": 7, "weekly": 4, "monthly": 0},
    assumed=["hours", "daily", "weekly", "monthly"],
    title=_("Data is saved every night and backups are gone within a month"),
    sentence=_(
        "The last backup is at most {hours} hours old. The newest of each of the last {daily} days, {weekly} weeks and {monthly}"
        " months is kept; older ones are deleted."
    ),
    bounds={
        "hours": Bound(_("Oldest that the last backup may be"), at_least=1, at_most=24 * 31),
        "daily": Bound(_("Days kept"), at_least=1, at_most=366),
        "weekly": Bound(_("Weeks kept"), at_least=0, at_most=260),
        "monthly": Bound(_("Months kept"), at_least=0, at_most=120),
    },
)
def saved_in_time(last: Since, p: Params) -> Verdict:
    """A loss costs at most the work of one day."""
    if last.never:
        told = say(_("There is no backup yet."))
        return failed(told) if last.ago > timedelta(hours=p.hours) else passed(told)
    if last.ago > timedelta(hours=p.hours):
        return failed(
            say(
                _("The last backup is {hours} hours old; at most {limit} are allowed."),
                hours=_hours(last.ago),
                limit=p.hours,
            )
        )
    return passed(say(_("The last backup is {hours} hours old."), hours=_hours(last.ago)))


@rule(
    "K-BAK-02",
    clause="002 5.1",
    severity=WARN,
    params={"days": 35, "key_days": 365},
    assumed=["days", "key_days"],
    title=_("Restoring is tried every month"),
    sentence=_(
        "A backup that was never restored is a hope: every {days} days at the latest the newest is restored beside the data and"
        " compared. Keys are changed within {key_days} days, and as often somebody confirms that they are kept elsewhere."
    ),
    bounds={
        "days": Bound(_("Days between two tests of restoring"), at_least=1, at_most=366),
        "key_days": Bound(_("Days until a key is changed"), at_least=30, at_most=3660),
    },
)
def restored_in_time(last: Since, p: Params) -> Verdict:
    """That a backup can be restored is proved before it is needed."""
    if last.never:
        told = say(_("Restoring was never tested."))
        return failed(told) if last.ago > timedelta(days=p.days) else passed(told)
    if last.ago > timedelta(days=p.days):
        return failed(
            say(
                _("Restoring was last tested {days} days ago; at most {limit} are allowed."),
                days=last.ago.days,
                limit=p.days,
            )
        )
    return passed(say(_("Restoring was last tested {days} days ago."), days=last.ago.days))


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
