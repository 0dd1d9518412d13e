"""What follows where campaigns pass a limit together: the earlier ones are told (K-SPL-01)."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Campaign
from ..neighbours import home_of
from ..rules.splitting import named
from ..selectors import facts_of


def one_at_a_time(subject: Subject) -> None:
    """Hold the region (or group) of a campaign until the transaction ends, so that two who send at once see each other."""
    regions = set(Unit.objects.filter(kind=Unit.Kind.REGION).values_list("pk", flat=True))
    home = home_of(subject.unit.path, regions)
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
    for earlier in flagged:
        others = named([cluster.own, *(one for one in cluster.others if one.pk != earlier.pk)])
        told = {"others": others, "sum": total, "rules": rules, "because_of": campaign.pk}
        record(journal.SPLIT_FOUND, actor=actor, subject=earlier.subject, data=told)
        notify(
            users=[earlier.owner, *_approvers(earlier)],
            kind="campaigns.split",
            say=say(
                _("“{title}” passes a limit together with {others}: ¥{sum}"),
                title=earlier.name,
                others=others,
                sum=total,
            ),
            subject=earlier.subject,
            key=f"campaigns.split:{earlier.pk}:{campaign.pk}:{total}",
        )
    return flagged


def _approvers(campaign: Campaign) -> list[User]:
    """Who decided on the campaign, or is to."""
    standing = Case.objects.filter(subject=campaign.pk, state__in=[Case.State.RUNNING, Case.State.APPROVED])
    tasks = Task.objects.filter(step__case__in=standing).exclude(
        state__in=[Task.State.SKIPPED, Task.State.VOID]
    )
    return [task.assignee for task in tasks.select_related("assignee").order_by("pk")]
