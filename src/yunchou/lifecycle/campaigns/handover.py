"""What of campaigns passes on when people leave, and what stands against closing a unit."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation import closing
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.handovers import Handover, Item, declare
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Member, Role, Subject

from . import journal
from .models import UNARCHIVED, Campaign, Goal, Status
from .succession import pass_on_agreed

# A campaign whose work is over keeps the people who did it.
OVER = (Status.EVALUATED, Status.ARCHIVED, Status.CANCELLED)


def _mine(user: User) -> QuerySet[Campaign]:
    """Campaigns that go on, in which the person leads, answers for a goal, or belongs to the team."""
    goals = Goal.objects.filter(owner=user).values("subject")
    teams = Member.objects.filter(user=user).values("subject")
    part = Q(owner=user) | Q(pk__in=goals) | Q(pk__in=teams)
    return Campaign.objects.filter(part).exclude(status__in=OVER).select_related("subject").order_by("pk")


def _preview(user: User) -> list[Item]:
    return [Item(each.name, each.get_absolute_url(), _part(each, user)) for each in _mine(user)]


def _part(campaign: Campaign, user: User) -> Say:
    return say(_("overall lead")) if campaign.owner_id == user.pk else say(_("belongs to the team"))


def _pass_on(user: User, to: User, actor: User) -> int:
    """The successor leads, answers and belongs where the person did; what was owed follows by itself.

    What approvers agreed to stays agreed: it is noted first whose it was, of the tasks that pass on after this as well.
    """
    pass_on_agreed(user, to)
    campaigns = list(_mine(user))
    for campaign in campaigns:
        subject = Subject.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        Campaign.objects.filter(pk=campaign.pk, owner=user).update(owner=to)
        for goal in Goal.objects.filter(subject=subject, owner=user):
            goal.owner, goal.owner_name = to, to.name
            goal.given = {key: cell for key, cell in goal.given.items() if key != "owner"}
            goal.save(update_fields=["owner", "owner_name", "given"])
        _pass_membership(subject, user, to)
        data = {"username": user.username, "successor": to.username}
        record(journal.HANDED_OVER, actor=actor, subject=subject, data=data)
    return len(campaigns)


def _pass_membership(subject: Subject, user: User, to: User) -> None:
    held = set(Member.objects.filter(subject=subject, user=to).values_list("role", flat=True))
    # A decision somebody had to take is not taken by belonging to a team: approvals pass on by themselves.
    mine = Member.objects.filter(subject=subject, user=user).exclude(role=Role.APPROVER)
    mine.filter(role__in=held).delete()
    mine.update(user=to)


def _open_campaigns(unit: Unit) -> Say | None:
    count = Campaign.objects.filter(UNARCHIVED, subject__unit=unit).exclude(status=Status.EVALUATED).count()
    if not count:
        return None
    return say(
        _("“{unit}” still has {count} open campaigns; close, cancel or move them first."),
        unit=unit.name,
        count=count,
    )


declare(
    Handover(
        "campaigns",
        gettext_lazy("Campaigns and teams"),
        _preview,
        _pass_on,
        icon="speakerphone",
        order=20,
    )
)
closing.objections.add("campaigns", _open_campaigns)
