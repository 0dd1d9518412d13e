"""What is told of a campaign: who did what when, before and after (SUP-06)."""

from __future__ import annotations

from typing import Any

import pytest

from yunchou.directory.organisation.actions.audit import show_personal
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.journal.actions import seal_all
from yunchou.kernel.journal.chain import breaks
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.editor import delete_row, save_row
from yunchou.kernel.sheets.registry import workbook
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Status

from .factories import again, approve_all, make_proposal, submit


@pytest.mark.req("SUP-06")
def test_creation_change_approval_and_deletion_are_told_with_person_time_before_and_after(firm: Firm) -> None:
    """And what was told can neither be changed nor taken out; who looks at personal values is told as well."""
    at = "2024-07-01T10:00"
    with clock.at(at) as moment:
        campaign = make_proposal(firm)
        subject, kept = campaign.subject, next(k for k in workbook().kept if k.table.key == "budget")
        line: dict[str, Any] = {"subject": subject, "kept": kept, "actor": firm.owner}
        cells = {"category": "物料成本", "item": "海报", "amount": "100"}
        pk = save_row(pk=None, cells=cells, **line).pk
        save_row(pk=pk, cells={"amount": "250"}, **line)
        delete_row(pk=pk, **line)
        actions.change_overview(campaign=again(campaign), actor=firm.owner, changes={"scene": "广场"})
        approve_all(submit(again(campaign), firm))
    assert again(campaign).status == Status.APPROVED
    entries = list(JournalEntry.objects.filter(subject=subject).order_by("pk"))
    by_kind = {entry.kind: entry for entry in entries}
    assert {entry.at.replace(microsecond=0) for entry in entries} == {moment.replace(microsecond=0)}
    assert all(entry.actor for entry in entries)

    assert by_kind["campaigns.created"].actor == firm.owner
    assert by_kind["sheets.row_added"].data["cells"]["item"] == ["", "海报"]
    assert by_kind["sheets.row_changed"].data["cells"] == {"amount": ["100", "250"]}
    assert by_kind["sheets.row_deleted"].data["cells"]["amount"] == ["250", ""]
    assert by_kind["campaigns.changed"].data["changes"]["scene"] == ["", "广场"]
    agreed = by_kind["approvals.approved"]
    assert agreed.actor == firm.approver == Task.objects.get(decision="approved").assignee

    seal_all()
    for verb in (agreed.save, agreed.delete, lambda: JournalEntry.objects.update(kind="x")):
        with pytest.raises(TypeError):
            verb()
    assert list(breaks()) == []
    show_personal(entry=agreed, actor=firm.people["auditor"])
    seen = JournalEntry.objects.latest("pk")
    assert (seen.kind, seen.actor, seen.data["entry"]) == (
        "access.personal_shown", firm.people["auditor"], agreed.pk,
    )  # fmt: skip
