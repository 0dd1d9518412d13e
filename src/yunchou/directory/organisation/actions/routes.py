"""Which department does which work."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..models import DepartmentKind, WorkType, WorkTypeRoute
from ..permissions import Perm


@transaction.atomic
def change_work_route(*, work_type: str, department_kind: str, actor: User) -> WorkTypeRoute:
    """Send a type of work to another kind of department from now on (ORG-05).

    Refuses without `organisation.manage` and unknown types and kinds; records `organisation.route_changed`, if it differs.
    """
    require(actor, Perm.MANAGE)
    if work_type not in WorkType.values or department_kind not in DepartmentKind.values:
        raise Invalid(say(_("There is no such type of work or department.")))
    route, made = WorkTypeRoute.objects.select_for_update().get_or_create(
        work_type=work_type, defaults={"department_kind": department_kind}
    )
    before = "" if made else route.department_kind
    if before != department_kind:
        route.department_kind = department_kind
        route.save(update_fields=["department_kind"])
        record(journal.ROUTE_CHANGED, actor=actor, data=_told(work_type, before, department_kind))
    return route


def _told(work_type: str, before: str, after: str) -> dict[str, object]:
    """The words of the entry; what is chosen from a list is told as a sentence, so that each reads it translated."""
    return {
        "work_type": work_type,
        "department_kind": after,
        "work": say(_english(WorkType(work_type))),
        "before": say(_english(DepartmentKind(before))) if before else "—",
        "department": say(_english(DepartmentKind(after))),
    }


def _english(choice: WorkType | DepartmentKind) -> str:
    """The English msgid behind a lazy label."""
    with override(None):
        return str(choice.label)
