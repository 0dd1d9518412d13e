"""The summary of a campaign as a PDF: facts, goals, return, retrospective, actions, approvals (RET-06, ARC-10)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import format_yuan
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.values import SIGN, Figure, decimal_text
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.categories import name_of
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.campaigns.selectors import facts_of
from yunchou.lifecycle.reviews.models import RetroItem, RetroKind
from yunchou.lifecycle.reviews.selectors import (
    Line,
    Review,
    invitees_of,
    items_of,
    retrospective_of,
    review_of,
)

from ..selectors import summary_of

TEMPLATE = Path(__file__).parent.parent / "typst" / "summary.typ"
LANGUAGE = "zh-hans"
WAN = 10_000
FAMILY, SYSTEM_FAMILY = "Noto Sans SC", "Noto Sans CJK SC"


def summary_pdf(campaign: Campaign, *, actor: User, made_at: datetime, chain_head: str) -> bytes:
    """The PDF, in the language of the regulations. What people wrote is data to the template and never markup."""
    with translation.override(LANGUAGE):
        data = summary_data(campaign, actor=actor, made_at=made_at, chain_head=chain_head)
    folder = Path(settings.FONT_DIR)
    has_fonts = any(folder.glob("NotoSansSC*")) if folder.is_dir() else False
    data["font"] = FAMILY if has_fonts else SYSTEM_FAMILY
    pdf: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        root=str(TEMPLATE.parent),
        font_paths=[str(folder)] if has_fonts else [],
        ignore_system_fonts=has_fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(made_at.timestamp()),
    )
    return pdf


def summary_data(campaign: Campaign, *, actor: User, made_at: datetime, chain_head: str) -> dict[str, Any]:
    """Everything the template draws, as words in the active language."""
    subject = campaign.subject
    facts = facts_of(subject)
    review = review_of(subject, facts)
    summary = summary_of(subject)
    return {
        "words": _words(),
        "title": campaign.name,
        "code": campaign.code,
        "facts": _facts(campaign),
        "goals": [_goal(line) for line in review.lines],
        "four": _four(review),
        "roi": _roi(review),
        "budget": _money(facts.cost),
        "parts": _parts(subject),
        "actions": [_action(item) for item in items_of(subject) if item.kind == RetroKind.ACTION],
        "meeting": _meeting(subject),
        "approvals": _approvals(subject),
        "conclusion": summary.conclusion if summary else "",
        "suggestions": summary.suggestions if summary else "",
        "made": _("Sealed on %(day)s by %(person)s") % {"day": _moment(made_at), "person": actor.name},
        "head": chain_head[:16],
    }


def _words() -> dict[str, str]:
    return {
        "kicker": _("Campaign summary"),
        "product": _("Yunchou"),
        "conclusion": _("Conclusion"),
        "suggestions": _("Suggestions"),
        "goals": _("Goals and results"),
        "indicator": _("Indicator"),
        "target": _("Target"),
        "actual": pgettext("indicator", "Actual"),
        "attainment": _("Attainment"),
        "explanation": _("Explanation"),
        "four": _("Four indicators of high-end events"),
        "points": pgettext("four indicators", "Points"),
        "score": pgettext("four indicators", "Score"),
        "roi": _("Return on investment"),
        "gain": _("Gain"),
        "cost": pgettext("roi", "Cost"),
        "provisional": _("Provisional"),
        "alternative": _("If one counts"),
        "retrospective": _("Retrospective"),
        "actions": _("Improvement actions"),
        "action": _("Action"),
        "owner": _("Responsible"),
        "due": pgettext("date", "Due"),
        "effect": _("Expected effect"),
        "state": _("State"),
        "approvals": _("Approval record"),
        "step": _("Step"),
        "person": _("Person"),
        "decision": _("Decision"),
        "opinion": _("Opinion"),
        "time": _("Time"),
        "none": _("None recorded"),
        "chain": _("End of the journal's chain"),
    }


def _facts(campaign: Campaign) -> list[list[str]]:
    start, end = campaign.start_on, campaign.end_on
    period = f"{start:%Y-%m-%d} – {end:%Y-%m-%d}" if start and end else "—"
    return [
        [_("Kind"), str(campaign.get_kind_display())],
        [_("Unit"), campaign.subject.unit.name],
        [_("Overall lead"), campaign.owner.name],
        [pgettext("campaign", "Period"), period],
        [_("Audience category"), name_of(campaign.audience) or "—"],
        [_("Audience"), campaign.audience_note or "—"],
        [_("Forms"), "、".join(campaign.forms) or "—"],
        [_("Purposes"), "、".join(campaign.purposes) or "—"],
        [_("Scene"), campaign.scene or "—"],
    ]


def _goal(line: Line) -> dict[str, Any]:
    computed = line.computed
    return {
        "dimension": line.row.dimension,
        "indicator": line.row.indicator,
        "target": _figure(line.row.target),
        "actual": _figure(line.row.actual),
        "attainment": "—" if computed is None else f"{computed}%",
        "fraction": line.fraction,
        "level": line.level,
        "explanation": line.row.explanation,
        "note": _("Provisional") if line.provisional_until else "",
    }


def _four(review: Review) -> dict[str, Any] | None:
    """The four indicators of a high-end event with their parts (EVA-03); None for other kinds."""
    four = review.four
    if four is None or not review.has_begun:
        return None
    return {
        "score": "—" if four.score is None else str(four.score),
        "level": four.level,
        "told": str(review.verdict.reason) if review.verdict else "",
        "indicators": [
            {
                "label": str(one.label),
                "weight": _("weight %(weight)s") % {"weight": one.weight},
                "score": "—" if one.score is None else str(one.score),
                "level": one.level,
                "parts": [
                    [
                        str(part.part.label),
                        _figure(part.target),
                        _figure(part.actual),
                        "—" if part.points is None else str(part.points),
                        part.row.explanation if part.row else "",
                    ]
                    for part in one.parts
                ],
            }
            for one in four.indicators
        ],
    }


def _roi(review: Review) -> dict[str, Any]:
    roi = review.roi
    return {
        "result": "—" if roi.result is None else f"{roi.result}%",
        "gain": _money(roi.gain),
        "gain_from": str(roi.gain_from),
        "cost": _money(roi.cost),
        "cost_from": str(roi.cost_from),
        "reasons": [str(reason) for reason in roi.reasons],
        "alternatives": [
            [
                str(one.label),
                _money(one.gain),
                _money(one.cost),
                "—" if one.result is None else f"{one.result}%",
            ]
            for one in roi.alternatives
        ],
    }


def _parts(subject: Subject) -> list[dict[str, Any]]:
    titles = {RetroKind.SUCCESS: _("Successes"), RetroKind.PROBLEM: _("Problems")}
    items = items_of(subject)
    return [
        {
            "title": title,
            "lines": [
                {"text": "\n".join(item.points), "note": item.example} for item in items if item.kind == kind
            ],
        }
        for kind, title in titles.items()
    ]


def _action(item: RetroItem) -> list[str]:
    return [
        item.title,
        str(item.shown_owner or "—"),
        f"{item.due_on:%Y-%m-%d}" if item.due_on else "—",
        item.effect or "—",
        str(item.get_state_display()),
    ]


def _meeting(subject: Subject) -> str:
    held = retrospective_of(subject)
    if held is None or held.held_on is None:
        return ""
    came = [one.user.name for one in invitees_of(held) if one.is_present]
    return _("Meeting on %(day)s with %(people)s") % {
        "day": held.held_on.isoformat(),
        "people": "、".join(came) or "—",
    }


def _approvals(subject: Subject) -> list[list[str]]:
    """Decisions of all cases in their order."""
    tasks = Task.objects.filter(step__case__subject=subject, state=Task.State.DONE)
    found = tasks.select_related("step__position", "assignee").order_by("decided_at", "pk")
    return [
        [
            f"{task.step.get_kind_display()} {task.step.position or ''}".strip(),
            task.assignee.name,
            str(task.get_decision_display()),
            task.opinion or "—",
            _moment(task.decided_at) if task.decided_at else "—",
        ]
        for task in found
    ]


def _figure(figure: Figure | None) -> str:
    """`≥500万`, `增长30%`: short, since columns of a page are narrow."""
    if figure is None:
        return "—"
    if figure.value is None or abs(figure.value) < WAN:
        return str(figure)
    number = f"{decimal_text(figure.value / WAN)}万{figure.unit}"
    return f"{figure.lead}{SIGN[figure.comparator]}{number}"


def _money(value: Any) -> str:
    return "—" if value is None else f"¥{format_yuan(value)}"


def _moment(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"
