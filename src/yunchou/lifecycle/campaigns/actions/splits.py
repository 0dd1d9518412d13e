"""What follows where campaigns pass a limit together: the earlier ones are told (K-SPL-01)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import Line, record_all
from yunchou.kernel.notify.actions import Message, notify_all
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Campaign
from ..neighbours import home_of, regions
from ..rules.splitting import named
from ..selectors import facts_of


def one_at_a_time(subject: Subject) -> None:
    """Hold the region (or group) of a campaign until the transaction ends, so that two who send at once see each other."""
    home = home_of(subject.unit.path, regions())
    Unit.objects.select_for_update(no_key=True).get(pk=home)


def tell_earlier(*, campaign: Campaign, actor: User) -> list[Campaign]:
    """Flag the campaigns that were sent before this one and pass a limit only together with it.

    Their owners and everybody who decided on them, or is to, are told; records `campaigns.split_found` on each.
    """
    facts = facts_of(campaign.subject)
    cluster, around = facts.cluster, facts.neighbourhood
    if cluster is None or around is None or not (crossed := cluster.crossed(around.limits)):
        return []
    ids = [
        other.pk
        for other in cluster.others
        if not any(limit.concerns(other) and limit.passed_by(other.cost) for limit in crossed)
    ]
    flagged = list(Campaign.objects.filter(pk__in=ids).select_related("subject", "owner").order_by("pk"))
    total, rules = format_exact(cluster.total), ",".join(dict.fromkeys(limit.rule for limit in crossed))
    if not flagged:
        return []
    lines, messages, approvers = [], [], _approvers(flagged)
    for earlier in flagged:
        others = named([cluster.own, *(one for one in cluster.others if one.pk != earlier.pk)])
        told = {"others": others, "sum": total, "rules": rules, "because_of": campaign.pk}
        lines.append(Line(journal.SPLIT_FOUND, actor, earlier.subject, told))
        words = say(
            _("“{title}” passes a limit together with {others}: ¥{sum}"),
            title=earlier.name,
            others=others,
            sum=total,
        )
        key = f"campaigns.split:{earlier.pk}:{campaign.pk}:{total}"
        people = [earlier.owner, *approvers.get(earlier.pk, ())]
        messages.append(Message(people, "campaigns.split", words, earlier.subject, key=key))
    record_all(lines)
    notify_all(messages)
    return flagged


def _approvers(campaigns: Sequence[Campaign]) -> dict[int, list[User]]:
    """Who decided on each of the campaigns, or is to; one query."""
    standing = [Case.State.RUNNING, Case.State.APPROVED]
    tasks = Task.objects.filter(step__case__subject__in=[one.pk for one in campaigns])
    asked = tasks.filter(step__case__state__in=standing).exclude(
        state__in=[Task.State.SKIPPED, Task.State.VOID]
    )
    found: dict[int, list[User]] = {}
    for task in asked.select_related("assignee", "step__case").order_by("pk"):
        found.setdefault(task.step.case.subject_id, []).append(task.assignee)
    return found
