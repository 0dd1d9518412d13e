"""Making a plan and writing what no table page writes: its parts, its link, its research."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.files.actions import Upload, attach_file, remove_attachment
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.subjects.actions import add_member, add_members, open_subject
from yunchou.kernel.subjects.models import Role, Subject

from .. import journal
from ..documents import DOCUMENTS, Kind, Part, Research
from ..facts import label_of
from ..models import Goal, Item, PartText, Plan, ProjectLine, Status
from ..periods import Period
from ..permissions import PLAN_KIND, Perm
from ..selectors import RESEARCH_STAGE, SALES_PLAN_STAGE, lock_on, next_code, parents_for
from ..tables import COMPARATORS, GOALS, ITEMS, PARTS, PRESETS, PROJECTS, WORKBOOK, YES_NO, word_of

CODES: Final[Mapping[str, str]] = {
    Kind.GROUP: "JT", Kind.REGION: "QY", Kind.QUARTER: "JD", Kind.PROJECT: "XM", Kind.TARGETED: "DX",
    Kind.MARKETING: "YX", Kind.BUDGET: "YS",
}  # fmt: skip
# Which level of the organisation makes a plan of which kind; others are made anywhere.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    Kind.GROUP: (Unit.Kind.GROUP,),
    Kind.REGION: (Unit.Kind.REGION,),
    Kind.PROJECT: (Unit.Kind.PROJECT,),
}


@transaction.atomic
def create_plan(
    *,
    kind: str,
    name: str,
    unit: Unit,
    year: int,
    owner: User,
    actor: User,
    quarter: int | None = None,
    month: int | None = None,
    parent: Plan | None = None,
    budget: Decimal | None = None,
) -> Plan:
    """A new draft with its mandatory parts laid out, empty; records `planning.created`.

    Refuses without `planning.draft` in the unit, a name, a kind that the unit does not make, a quarter plan without its
    quarter, a month of anything but a budget, a plan above that cannot be one, and a second plan of the unit for the same
    period.
    """
    require(actor, Perm.DRAFT, unit)
    quarter = (month + 2) // 3 if month and quarter is None else quarter
    period = Period(year, quarter, month)
    _check(kind, name, unit, period, parent)
    # One planner at a time within a unit, so that nobody opens the same year plan twice.
    Unit.objects.select_for_update().get(pk=unit.pk)
    _check_once(kind, unit, period)
    subject = open_subject(kind=PLAN_KIND, unit=unit, title=name.strip(), actor=actor)
    plan: Plan = Plan.objects.create(
        subject=subject,
        kind=kind,
        name=name.strip(),
        year=year,
        quarter=quarter,
        month=month,
        parent=parent,
        budget=budget,
        owner=owner,
    )
    subject.code, subject.address = f"JH-{CODES[kind]}-{year}-{subject.pk}", plan.get_absolute_url()
    subject.save(update_fields=["code", "address", "search"])
    add_member(subject=subject, user=owner, role=Role.LEAD)
    _let_read(parent, owner, actor)
    aspects = [(spec.part, aspect) for spec in DOCUMENTS[Kind(kind)].parts for aspect in spec.aspects]
    PartText.objects.bulk_create(
        PartText(subject=subject, position=n, part=part, aspect=aspect)
        for n, (part, aspect) in enumerate(aspects, 1)
    )
    record(journal.CREATED, actor=actor, subject=subject, data={"title": plan.name})
    return plan


def _check(kind: str, name: str, unit: Unit, period: Period, parent: Plan | None) -> None:
    quarter, month = period.quarter, period.month
    faults: dict[str, Text] = {}
    if kind not in DOCUMENTS:
        raise Invalid(say(_("There is no such kind of plan.")))
    if not name.strip():
        faults["name"] = say(_("Give the plan a name."))
    if unit.kind not in LEVELS.get(kind, (unit.kind,)):
        faults["unit"] = say(_("A plan of this kind is not made by this unit."))
    if kind == Kind.QUARTER and quarter is None:
        faults["quarter"] = say(_("Choose the quarter."))
    if quarter is not None and kind not in (Kind.QUARTER, Kind.BUDGET):
        faults["quarter"] = say(_("A plan of this kind is for the whole year."))
    if month is not None and (kind != Kind.BUDGET or (month + 2) // 3 != quarter):
        words = (
            _("This month lies in another quarter.")
            if kind == Kind.BUDGET
            else _("Only budgets are made for a month.")
        )
        faults["month"] = say(words)
    elif parent is not None and not parents_for(kind, unit, period).filter(pk=parent.pk).exists():
        faults["parent"] = say(_("Choose a plan of the same year, of this unit or one above it."))
    if faults:
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)


def _check_once(kind: str, unit: Unit, period: Period) -> None:
    """A unit has one plan of most kinds for a period."""
    if kind == Kind.MARKETING:
        return
    same = Plan.objects.filter(
        kind=kind, subject__unit=unit, year=period.year, quarter=period.quarter, month=period.month
    )
    if known := same.exclude(status=Status.CANCELLED).first():
        words = say(_("There is one already: {plan}."), plan=known.name)
        raise Invalid(words, fields={"kind": words})


@transaction.atomic
def write_part(*, plan: Plan, part: str, texts: Mapping[str, str], actor: User) -> Plan:
    """Write the texts of one part, by aspect; those left out stay. Records `planning.part_written` with both values.

    Refuses without `planning.draft`, a plan that is not being written, and texts that are too long.
    """
    subject = _open(plan, PARTS.key, actor)
    spec = next((one for one in plan.document.parts if one.part == part), None)
    if spec is None:
        raise Invalid(say(_("The plan has no such part.")))
    rows = {str(row.aspect): row for row in PartText.objects.filter(subject=subject, part=part)}
    # A kind that has come to demand more since the plan was made: what it lacks is laid down now.
    last = PartText.objects.filter(subject=subject).aggregate(last=Max("position"))["last"] or 0
    for n, aspect in enumerate((one for one in spec.aspects if one not in rows), 1):
        rows[str(aspect)] = PartText(subject=subject, position=last + n, part=spec.part, aspect=aspect)
    longest = 20_000
    changes: dict[str, list[str]] = {}
    for key, text in texts.items():
        row, clean = rows.get(key), text.strip()
        if row is None or row.text == clean:
            continue
        if len(clean) > longest:
            words = say(
                _("At most {limit} characters; these are {length}."), limit=longest, length=len(clean)
            )
            raise Invalid(words, fields={key: words})
        changes[key] = [row.text, clean]
        row.text, row.given = clean, {}
        row.save()
    if changes:
        told = {"part": label_of(Part(part)), "key": part, "changes": changes}
        record(journal.PART_WRITTEN, actor=actor, subject=subject, data=told)
    return plan


@transaction.atomic
def link_plan(*, plan: Plan, parent: Plan | None, actor: User) -> Plan:
    """Say which plan above this one breaks down (PLN-02); records `planning.linked`.

    Refuses without `planning.draft`, a plan that is not being written, and one that cannot stand above it.
    """
    subject = _open(plan, "plan_head", actor)
    locked: Plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if parent is not None:
        fit = parents_for(locked.kind, subject.unit, locked.period).exclude(pk=locked.pk)
        if not fit.filter(pk=parent.pk).exists():
            words = say(_("Choose a plan of the same year, of this unit or one above it."))
            raise Invalid(words, fields={"parent": words})
    if locked.parent_id == (parent.pk if parent else None):
        return locked
    if locked.status not in (Status.DRAFT, Status.RETURNED):
        # Its money came out of the plan above.
        raise WrongState(say(_("An approved plan keeps the plan above it.")))
    _let_read(parent, locked.owner, actor)
    locked.parent = parent
    locked.save(update_fields=["parent"])
    told = {"parent": parent.name if parent else "—", "plan": parent.pk if parent else None}
    record(journal.LINKED, actor=actor, subject=subject, data=told)
    return locked


def _let_read(plan: Plan | None, *people: User) -> None:
    """Whoever writes a plan reads the one above it."""
    if plan is not None:
        add_members(subject=plan.subject, users=people)


@transaction.atomic
def attach_research(*, plan: Plan, study: str, upload: Upload, actor: User, note: str = "") -> Attachment:
    """Attach a study on which a marketing plan rests (PLN-06); records `planning.research_attached`.

    Refuses without `planning.draft`, a plan that is not being written, an unknown kind of study, and what files refuse.
    """
    subject = _open(plan, PARTS.key, actor)
    if study not in Research.values:
        words = say(_("Choose which study it is."))
        raise Invalid(words, fields={"study": words})
    attached = attach_file(
        subject=subject,
        upload=upload,
        actor=actor,
        stage=f"{RESEARCH_STAGE}{study}",
        note=note,
        needs=Perm.DRAFT,
    )
    told = {"study": label_of(Research(study)), "file": attached.name}
    record(journal.RESEARCH_ATTACHED, actor=actor, subject=subject, data=told)
    return attached


@transaction.atomic
def remove_research(*, attachment: Attachment, actor: User) -> None:
    """Take a study away again; refuses as `attach_research`."""
    plan = Plan.objects.get(pk=attachment.subject_id)
    _open(plan, PARTS.key, actor)
    remove_attachment(attachment=attachment, actor=actor, needs=Perm.DRAFT)


@transaction.atomic
def attach_sales_plan(*, line: ProjectLine, upload: Upload, actor: User) -> Attachment:
    """Attach the overall sales plan of a project to the regional plan that links to it (PLN-02).

    Refuses without `planning.draft`, a plan that is not being written, and what files refuse; a newer one takes the place
    of the one before. Records `planning.sales_plan_attached`.
    """
    plan = Plan.objects.get(pk=line.subject_id)
    subject = _open(plan, PROJECTS.key, actor)
    stage = f"{SALES_PLAN_STAGE}{line.pk}"
    for old in Attachment.objects.current().filter(subject=subject, stage=stage):
        remove_attachment(attachment=old, actor=actor, needs=Perm.DRAFT)
    attached = attach_file(subject=subject, upload=upload, actor=actor, stage=stage, needs=Perm.DRAFT)
    told = {"project": line.project, "file": attached.name}
    record(journal.SALES_PLAN_ATTACHED, actor=actor, subject=subject, data=told)
    return attached


def take_usual_goals(*, plan: Plan, actor: User) -> int:
    """Lay down those of the usual goals (sales, market share, brand awareness) that the plan has not, without values, to be
    filled in; says how many. Refuses and records as `sheets.editor.save_row`.
    """
    kept = workbook(WORKBOOK).find(GOALS.key)
    assert kept is not None
    known = set(Goal.objects.filter(subject=plan.pk).values_list("dimension", flat=True))
    wanted = [preset for preset in PRESETS if preset.dimension not in known]
    with transaction.atomic():
        for preset in wanted:
            cells = {
                "dimension": preset.dimension,
                "metric": preset.metric,
                "is_additive": word_of(YES_NO, preset.is_additive),
                "comparator": word_of(COMPARATORS, ">="),
                "unit": preset.unit,
                "source": preset.source,
                "owner": str(plan.owner_id),
                "due_on": plan.ends_on.isoformat(),
            }
            save_row(subject=plan.subject, kept=kept, pk=None, cells=cells, actor=actor)
    return len(wanted)


def add_item(*, plan: Plan, cells: Mapping[str, str], actor: User) -> Item:
    """A new item at the end of the table, typed as on its page (`cells` by column key); numbered on where no number is given.

    Refuses and records as `sheets.editor.save_row`.
    """
    kept = workbook(WORKBOOK).find(ITEMS.key)
    assert kept is not None
    typed = dict(cells)
    if not typed.get("code"):
        typed["code"] = next_code(plan.pk)
    item: Item = save_row(subject=plan.subject, kept=kept, pk=None, cells=typed, actor=actor)
    return item


def _open(plan: Plan, table: str, actor: User) -> Subject:
    """The plan's subject under its lock, with right and state checked."""
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=plan.pk)
    require(actor, Perm.DRAFT, subject)
    if reason := lock_on(subject, table):
        raise WrongState(reason)
    return subject
