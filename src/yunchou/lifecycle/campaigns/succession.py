"""Who took over what was agreed: approved work stays approved when a person who was to do it leaves.

`Campaign.heirs` keeps, by table and row, the person whom the approvers agreed to and the one who took over:
`{"schedule": {"12": [3, 7]}}`. The content of the proposal names the former for as long as the row belongs to the latter,
so that a hand-over neither changes what is decided on nor is undone when a change is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from yunchou.capabilities.work.models import Assignment, GanttTask
from yunchou.capabilities.work.states import State
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .brief import campaign_of
from .change_models import Change
from .models import Campaign, Goal, Status
from .settled import rows_in

Json: TypeAlias = dict[str, Any]
Heirs: TypeAlias = dict[str, dict[str, list[int]]]

OWNER: Final = "owner"
PASSED_ON: Final = {"goals": Goal, "division": Assignment, "schedule": GanttTask}
"""The tables of the proposal whose rows pass on with a person, and where they live."""
WRITTEN: Final = frozenset({Status.DRAFT, Status.PLANNING})


@read_once
def heirs_of(pk: int) -> Heirs:
    """Who took over what in a campaign since it was sent; empty where nobody did."""
    found: Heirs = campaign_of(pk).heirs
    return found


def as_agreed(heirs: Heirs, table: str, pk: int | None, row: Json) -> Json:
    """A row of a snapshot with the owner to whom the approvers agreed."""
    agreed, heir = heirs.get(table, {}).get(str(pk), (None, None))
    return {**row, OWNER: {"id": agreed}} if heir and row.get(OWNER) == {"id": heir} else row


def agreed_to_heirs(subject: Subject, table: str) -> Callable[[int, Mapping[str, Any]], Mapping[str, Any]]:
    """Gives rows of a version, by their keys, to whoever took them over."""
    known = heirs_of(subject.pk).get(table, {})

    def now_with(pk: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
        agreed, heir = known.get(str(pk), (None, None))
        return {**row, OWNER: {"id": heir}} if heir and row.get(OWNER) == {"id": agreed} else row

    return now_with


def succeed_rows(subject: Subject, table: str, keys: Mapping[int, int | None]) -> None:
    """Rows came back under other keys: who took them over goes with them."""
    heirs = heirs_of(subject.pk)
    known = heirs.get(table, {})
    if moved := {str(new): known[str(old)] for old, new in keys.items() if str(old) in known}:
        _keep(subject.pk, {**heirs, table: {**known, **moved}})


def pass_on_agreed(user: User, to: User) -> None:
    """Note for every proposal that was sent what passes from a person to the successor; before it does."""
    rows: dict[int, list[tuple[str, int]]] = {}
    for table, model in PASSED_ON.items():
        for subject, pk in _owned(table, model, user):
            rows.setdefault(subject, []).append((table, pk))
    changes: dict[int, list[Change]] = {}
    live = Change.objects.filter(state__in=[Change.State.OPEN, Change.State.SENT]).select_related("base")
    for change in live:
        changes.setdefault(change.campaign_id, []).append(change)
    sent = Campaign.objects.filter(pk__in={*rows, *changes}).exclude(status__in=WRITTEN)
    for campaign in sent.select_for_update(of=("self",)).order_by("pk"):
        heirs: Heirs = {table: dict(known) for table, known in campaign.heirs.items()}
        for table, pk in rows.get(campaign.pk, ()):
            agreed, heir = heirs.get(table, {}).get(str(pk), (user.pk, user.pk))
            heirs.setdefault(table, {})[str(pk)] = [agreed if heir == user.pk else user.pk, to.pk]
        for change in changes.get(campaign.pk, ()):
            for table, pk, agreed in _remembered(change, heirs, user):
                heirs.setdefault(table, {})[str(pk)] = [agreed, to.pk]
        if heirs != campaign.heirs:
            _keep(campaign.pk, heirs)


def _owned(table: str, model: Any, user: User) -> Iterator[tuple[int, int]]:
    mine = model.objects.filter(owner=user)
    open_ones = mine if table == "goals" else mine.exclude(state=State.DONE)
    return iter(open_ones.order_by("pk").values_list("subject", "pk"))


def _remembered(change: Change, heirs: Heirs, user: User) -> Iterator[tuple[str, int, int]]:
    """The rows to which a change goes back where it is dropped, and which would be the person's again."""
    for table in PASSED_ON:
        rows = rows_in(change.base, table)
        for place in change.rows.get(table, ()):
            agreed = (rows[place["at"]].get(OWNER) or {}).get("id")
            known, heir = heirs.get(table, {}).get(str(place["pk"]), (None, None))
            holder = heir if known == agreed else agreed
            if agreed and holder == user.pk and place.get("state") != State.DONE:
                yield table, place["pk"], agreed


def _keep(pk: int, heirs: Heirs) -> None:
    Campaign.objects.filter(pk=pk).update(heirs=heirs)
