"""Menu entry, quick create and the tabs of a plan."""

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.counting import Countable
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import nav, quick_create
from yunchou.kernel.ui.subject_pages import tab

from .permissions import PLAN_KIND, Perm

PLAN = frozenset({PLAN_KIND})

nav.entry(
    key="plans",
    label=_("Plans"),
    icon="calendar-stats",
    url_name="planning:plan_list",
    order=20,
    perm=Perm.VIEW,
)
quick_create.entry(
    key="plan",
    label=_("Plan"),
    icon="calendar-stats",
    url_name="planning:plan_create",
    perm=Perm.DRAFT,
    order=5,
)


def _items(subject: Subject) -> Countable:
    from .models import Item  # models are not ready while tabs are declared

    return Item.objects.filter(subject=subject)


def _goals(subject: Subject) -> Countable:
    from .models import Goal

    return Goal.objects.filter(subject=subject)


tab("plan_overview", _("Overview"), order=10, url_name="planning:plan_detail", subject_kinds=PLAN)
tab("plan_goals", _("Goals"), order=20, url_name="planning:plan_goals", subject_kinds=PLAN, count=_goals)
tab("plan_items", _("Items"), order=30, url_name="planning:plan_items", subject_kinds=PLAN, count=_items)
tab("plan_monitor", _("Monitor"), order=40, url_name="planning:plan_monitor", subject_kinds=PLAN)
tab("plan_money", _("Allocation"), order=35, url_name="planning:plan_money", subject_kinds=PLAN)
tab("plan_oversight", _("Oversight"), order=50, url_name="planning:plan_oversight", subject_kinds=PLAN)
tab(
    "plan_versions",
    _("Versions and approvals"),
    order=100,
    url_name="planning:plan_versions",
    subject_kinds=PLAN,
)
tab("plan_evaluation", _("Evaluation"), order=110, url_name="planning:plan_evaluation", subject_kinds=PLAN)
