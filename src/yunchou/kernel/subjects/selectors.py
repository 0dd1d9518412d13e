"""Who stands behind a subject."""

from __future__ import annotations

from yunchou.kernel.identity.models import User

from .models import Role, Subject


def lead_of(subject: Subject) -> User | None:
    """The overall lead of a subject, else its owner, else whoever made it."""
    ties = subject.members.filter(role__in=[Role.LEAD, Role.OWNER]).select_related("user").order_by("-pk")
    by_role = {member.role: member.user for member in ties}
    return by_role.get(Role.LEAD) or by_role.get(Role.OWNER) or subject.created_by
