"""Workbooks in and out: handed in, looked at, made into a campaign, and given back (GEN-08)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.work.tables import AssignmentRow
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import reach_of, within_limit
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.files import store
from yunchou.kernel.files.actions import Upload, attach_file, clean_name, store_file
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.actions import rule_on
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Severity, Verdict
from yunchou.kernel.sheets.cells import shown
from yunchou.kernel.sheets.dossier import Dossier, Reading
from yunchou.kernel.sheets.persons import PeopleNearby
from yunchou.kernel.sheets.raw import RawWorkbook
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Context, Person, PersonMatch
from yunchou.kernel.sheets.write import marked_copy
from yunchou.kernel.sheets.xlsx import WorkbookRefused, read_workbook
from yunchou.kernel.sheets.xlsx.archive import MAX_BYTES
from yunchou.kernel.subjects.models import Member, Role

from . import journal
from .actions import classify, create_campaign
from .aims import own_event_purposes
from .facts import CampaignFacts
from .import_findings import Item, Keeping, Weight, as_findings, items_of, keeping_of
from .import_models import ImportRun
from .import_page_choices import KEEP, OPEN, Became, Choice, Decided, decided, edits_of, merged, surviving
from .import_page_options import applied
from .models import Campaign
from .permissions import Perm
from .rules.book import ALL
from .selectors import context_of, dossier_of, findings_of
from .tables import GoalRow, OverviewRow
from .words import listed

MOST_WORDS = 1000
"""Characters of a reason that are kept."""
MANY_ROWS = 500
"""Workbooks with more rows are read and saved in the background."""
JOB = "campaigns.workbook_import"
PLANNING_WORD = "策划"
STAGE = "import"
Tell = Callable[[float], None]


def _quiet(_share: float) -> None:
    """Nobody asks how far it is."""


# ---------------------------------------------------------------- looking


@dataclass(frozen=True)
class Preview:
    """What a workbook says, and everything that was found in it. Nothing of it is written anywhere."""

    reading: Reading
    items: tuple[Item, ...]

    @property
    def rows(self) -> int:
        return sum(len(part.rows) for part in self.reading.dossier.parts)

    @property
    def sheets(self) -> int:
        return len(self.reading.dossier.order)

    @property
    def stopping(self) -> tuple[Item, ...]:
        """What must be mended in the workbook first."""
        return tuple(item for item in self.items if item.stops)


def preview(
    source: bytes | RawWorkbook,
    unit: Unit,
    people: Mapping[str, int | None] | None = None,
    tell: Tell = _quiet,
    choices: Sequence[Choice] = (),
) -> Preview:
    """Read a workbook for a unit and judge it; writes nothing. `people` says who is meant by a name (None: nobody known).

    What ran while the workbook was kept is judged as it was then: by its end, where that has passed. `choices` are
    judged as if they stood in the workbook.
    """
    reading = with_choices(_read(source, unit, people or {}, tell), choices)
    [row] = reading.dossier.rows(OverviewRow) or (OverviewRow(),)
    today = min(clock.today(), row.end_on or clock.today())
    verdicts = evaluate(
        ALL, CampaignFacts(reading.dossier, reading.context, today, event_purposes=own_event_purposes)
    )
    tell(0.8)
    return Preview(reading, items_of(reading, [verdict for verdict in verdicts if not verdict.passed]))


def with_choices(reading: Reading, choices: Sequence[Choice]) -> Reading:
    """The reading with what somebody chose; what was found at a cell that is changed is no longer said of it."""
    edits = edits_of(choices)
    if not edits:
        return reading
    dossier, ctx = applied(reading.dossier, edits, reading.context), reading.context
    for part in dossier.parts:
        ctx = part.table.informs(part.rows, ctx) if part.table.informs else ctx
    changed = {(edit.spot.sheet, edit.spot.cell) for edit in edits}
    findings = tuple(each for each in reading.findings if (each.sheet, each.cell) not in changed)
    return Reading(dossier, findings, ctx)


def _read(source: bytes | RawWorkbook, unit: Unit, people: Mapping[str, int | None], tell: Tell) -> Reading:
    raw = source if isinstance(source, RawWorkbook) else read_workbook(source)
    tell(0.15)
    reading = workbook().read(raw, _context(unit, people))
    tell(0.5)
    return reading


def _context(unit: Unit, chosen: Mapping[str, int | None]) -> Context:
    """People by name: first as somebody chose, then whoever near the unit is called so."""
    nearby = PeopleNearby(unit)

    def find(name: str) -> PersonMatch:
        if name not in chosen:
            return nearby.find(name)
        return PersonMatch((Person(name, chosen[name]),))

    return Context(people=find, names=nearby.name_of)


def candidates_for(unit: Unit, names: Iterable[str]) -> dict[str, list[User]]:
    """Who near the unit may be meant by each name: whoever it fits, else everybody there. Two queries at most."""
    nearby = PeopleNearby(unit)
    found = {}
    for name in names:
        ids = {person.id for person in nearby.find(name).candidates}
        everybody = sorted(nearby.people, key=lambda user: user.name_pinyin)
        found[name] = [user for user in everybody if user.pk in ids] or everybody
    return found


def units_for(user: User) -> QuerySet[Unit]:
    """The units in which the person may create campaigns, in the order of the tree."""
    if not within_limit(user, Perm.CREATE):
        return Unit.objects.none()
    reach = reach_of(user)
    condition = Q(pk__in=reach.own.get(Perm.CREATE, ()))
    for path in reach.whole.get(Perm.CREATE, ()):
        condition |= Q(path__startswith=path)
    return Unit.objects.filter(condition, is_active=True).order_by("path")


# ---------------------------------------------------------------- handing in


def hand_in_workbook(
    *, upload: Upload, unit: Unit, actor: User, name: str = "", in_background: bool = True
) -> ImportRun:
    """Take a workbook in for a unit: kept, read and judged, but no campaign yet; records `campaigns.workbook_handed_in`.

    Refuses without the right to create campaigns there, and every file that is not taken in (`sheets.xlsx`), with nothing
    written. A large workbook is read and judged in the background (`run.job`), unless the caller would rather wait.
    """
    require(actor, Perm.CREATE, unit)
    if (upload.size or 0) > MAX_BYTES:
        raise WorkbookRefused(
            "too_big", say(_("The file is larger than {limit} MB."), limit=MAX_BYTES // 2**20)
        )
    data = b"".join(upload.chunks())
    raw = read_workbook(data)
    rows = sum(max(len(sheet.lines) - 1, 0) for sheet in raw.sheets)
    shown = clean_name(name or upload.name or "")
    looked = preview(raw, unit) if rows <= MANY_ROWS or not in_background else None
    with transaction.atomic():
        kept = store_file(upload=SimpleUploadedFile(shown, data), name=shown)
        run = ImportRun(unit=unit, actor=actor, file=kept, name=shown, sheets=len(raw.sheets), rows=rows)
        if looked:
            _note(run, looked)
        run.save()
        record(journal.HANDED_IN, actor=actor, data={"file": shown, "sha256": kept.sha256, "run": run.pk})
        if looked is None:
            run.job = start_job(
                kind=JOB, actor=actor, payloads=[{"run": run.pk, "step": "check", "size": rows}]
            )
            run.save(update_fields=["job"])
    return run


def check_workbook(*, run: ImportRun, tell: Tell = _quiet) -> ImportRun:
    """Read and judge a workbook that was handed in; keeps what was found with the run."""
    looked = preview(content_of(run), run.unit, chosen_people(run), tell, choices_of(run))
    _note(run, looked)
    run.save(update_fields=["items", "rows", "sheets", "checked_at"])
    return run


def _note(run: ImportRun, looked: Preview) -> None:
    run.items = [item.to_json() for item in looked.items]
    run.rows, run.sheets = looked.rows, looked.sheets
    run.checked_at = clock.now()


def content_of(run: ImportRun) -> bytes:
    """The workbook as it was handed in."""
    with store.open_content(run.file.sha256) as file:
        return file.read()


def items_found(run: ImportRun) -> tuple[Item, ...]:
    """What was found in the workbook."""
    return tuple(map(Item.from_json, run.items))


def chosen_people(run: ImportRun) -> dict[str, int | None]:
    """Who is meant by the names of which somebody said so."""
    people: dict[str, int | None] = run.choices.get("people", {})
    return people


@transaction.atomic
def choose_people(*, run: ImportRun, people: Mapping[str, int | None], actor: User) -> ImportRun:
    """Say who is meant by names (None: keep the name, nobody here is meant), and judge the workbook again.

    Refuses people who do not work in the unit's region, and runs that are a campaign already. The choices are recorded
    with the import.
    """
    locked = _checked_run(run, actor)
    nearby = {user.pk for user in PeopleNearby(locked.unit).people}
    if unknown := {pk for pk in people.values() if pk is not None} - nearby:
        raise Invalid(say(_("{count} of the people chosen do not work here."), count=len(unknown)))
    locked.choices = {**locked.choices, "people": {**chosen_people(locked), **people}}
    return _judged_again(locked, actor)


@transaction.atomic
def forget_person(*, run: ImportRun, name: str, actor: User) -> ImportRun:
    """Take back who is meant by a name, and judge the workbook again."""
    locked = _checked_run(run, actor)
    people = {other: pk for other, pk in chosen_people(locked).items() if other != name}
    locked.choices = {**locked.choices, "people": people}
    return _judged_again(locked, actor)


def choices_of(run: ImportRun) -> tuple[Choice, ...]:
    """What somebody chose about the findings, in that order."""
    return tuple(map(Choice.from_json, run.choices.get("findings", ())))


@transaction.atomic
def choose(*, run: ImportRun, finding: str, choice: str, actor: User, reason: str = "") -> ImportRun:
    """Choose what becomes of a finding, and judge the workbook again: one of its options, `KEEP` with a reason, or `OPEN`.

    `finding` is the item's key. A later choice at the same cell wins; `OPEN` takes the choice back. Nothing is changed
    but what the run says about itself. Refuses a finding that is no longer there, an option it does not have, keeping
    without a reason or where the rule knows no exception, and runs that are a campaign already.
    """
    locked = _checked_run(run, actor)
    choices = choices_of(locked)
    items = merged(items_found(locked), choices)
    at = next((n for n, item in enumerate(items) if item.key and item.key == finding), None)
    if at is None:
        raise WrongState(say(_("This finding is no longer there: another choice has solved it.")))
    others = [each for each in choices if each.item.key != finding]
    if choice != OPEN:
        others.append(_choice_of(items[at], choice, reason.strip(), at))
    locked.choices = {**locked.choices, "findings": [each.to_json() for each in others]}
    return _judged_again(locked, actor)


def decisions(run: ImportRun) -> dict[str, Decided]:
    """What became of every choice, by the key of its finding."""
    return decided(choices_of(run), items_found(run))


def lost(before: Mapping[str, Decided], after: Mapping[str, Decided]) -> list[Decided]:
    """The choices that held before another one was made and no longer do."""
    held = {key for key, each in before.items() if each.became in (Became.CHANGED, Became.KEPT)}
    return [
        each
        for key, each in after.items()
        if key in held and each.became not in (Became.CHANGED, Became.KEPT) and (each.by or not each.edits)
    ]


def people_said(chosen: Mapping[str, int | None]) -> list[tuple[str, str]]:
    """The names of which somebody said who is meant, and who that is (nothing where the name is kept)."""
    users = User.objects.in_bulk([pk for pk in chosen.values() if pk is not None])
    return [(name, users[pk].name if pk in users else "") for name, pk in chosen.items()]


def _choice_of(item: Item, choice: str, reason: str, at: int) -> Choice:
    """The choice, if the finding knows it."""
    if choice != KEEP:
        if item.option(choice) is None:
            raise Invalid(say(_("This finding does not offer that choice.")))
        return Choice(item, choice, at=at)
    if item.keeping is Keeping.NOT:
        raise Invalid(say(_("This rule knows no exception: {reason}"), reason=item.message))
    if not reason:
        raise Invalid(say(_("Give a reason.")), fields={"reason": say(_("Give a reason."))})
    return Choice(item, KEEP, reason[:MOST_WORDS], at)


def _judged_again(locked: ImportRun, actor: User) -> ImportRun:
    """The run saved with its choices and judged by them, a large one in the background."""
    locked.save(update_fields=["choices"])
    if locked.rows <= MANY_ROWS:
        return check_workbook(run=locked)
    payload = {"run": locked.pk, "step": "check", "size": locked.rows}
    locked.job = start_job(kind=JOB, actor=actor, payloads=[payload])
    locked.checked_at = None
    locked.save(update_fields=["job", "checked_at"])
    return locked


def _open_run(run: ImportRun, actor: User) -> ImportRun:
    """The run, locked: still without a campaign, and the actor's own."""
    locked = ImportRun.objects.select_for_update().select_related(None).get(pk=run.pk)
    require(actor, Perm.CREATE, locked.unit)
    if locked.actor_id != actor.pk:
        raise NotAllowed(say(_("Only who handed the workbook in goes on with it.")))
    if locked.campaign_id:
        raise WrongState(say(_("This workbook has become a campaign already.")))
    return locked


def _checked_run(run: ImportRun, actor: User) -> ImportRun:
    """`_open_run`, once the workbook is checked: what is chosen while it is would not be judged."""
    locked = _open_run(run, actor)
    if locked.checked_at is None:
        raise WrongState(say(_("The workbook is still being checked.")))
    return locked


# ---------------------------------------------------------------- making the campaign


def create_from_workbook(*, run: ImportRun, actor: User, tell: Tell = _quiet) -> Campaign:
    """Make the campaign that a workbook describes: a draft with every row, cell and contradiction as given.

    Only what somebody chose is changed, each choice recorded (`campaigns.import_chosen`), and what was kept with a reason
    is ruled on. Whatever had begun is history and raises no duties (`history_until`). Refuses while something stops the
    import, and a second time; nothing is written then. Records `campaigns.created` and `campaigns.imported`.
    """
    choices = choices_of(run)
    given = _read(content_of(run), run.unit, chosen_people(run), tell)
    reading = with_choices(given, choices)
    # What stops an import is seen while reading; what the rules say was found when it was checked.
    if stopping := [item for item in items_of(reading, ()) if item.stops]:
        words = _("{count} things must be mended in the workbook first: {first}")
        raise Invalid(say(words, count=len(stopping), first=stopping[0].message))
    with transaction.atomic():
        locked = _open_run(run, actor)
        if locked.choices != run.choices:
            raise WrongState(say(_("Somebody chose otherwise meanwhile. Look at the findings again.")))
        campaign = _make(locked, reading, actor)
        _record_changes(campaign, choices, given.dossier, reading.context, actor)
        _rule_on_kept(campaign, locked, choices, actor)
        _keep_original(locked, campaign, actor)
        locked.campaign, locked.made_at = campaign, clock.now()
        locked.save(update_fields=["campaign", "made_at"])
        found = [item for item in items_found(locked) if item.weight is not Weight.NOTE]
        told = {"file": locked.name, "tables": locked.sheets, "findings": len(found), "rows": locked.rows}
        told["choices"] = len(choices)
        people = {name: pk for name, pk in chosen_people(locked).items() if pk is not None}
        record(journal.IMPORTED, actor=actor, subject=campaign.subject, data={**told, "people": people})
    tell(1.0)
    return campaign


def _make(run: ImportRun, reading: Reading, actor: User) -> Campaign:
    """The campaign with all its tables and its team."""
    [row] = reading.dossier.rows(OverviewRow)
    campaign = create_campaign(
        name=row.name,
        kind=row.kind or "",
        unit=run.unit,
        owner=_lead(reading.dossier) or actor,
        actor=actor,
        start_on=row.start_on,
        end_on=row.end_on,
        frame=reading.dossier.frame(),
        history_until=clock.today(),
    )
    workbook().save(campaign.subject, reading.dossier, actor=actor)
    _make_team(campaign, reading.dossier)
    facts = CampaignFacts(reading.dossier, reading.context, event_purposes=own_event_purposes)
    return classify(
        campaign=Campaign.objects.select_related("subject__unit").get(pk=campaign.pk), facts=facts
    )


def _record_changes(
    campaign: Campaign, choices: Sequence[Choice], given: Dossier, ctx: Context, actor: User
) -> None:
    """One entry for each choice that changed something, with its cells before and after."""
    for choice, edits in surviving(choices):
        cells = []
        for edit in edits:
            table = given.part(edit.place.table).table
            before = shown(table.cell(given.row_at(edit.place), edit.place.column, ctx))
            cells.append([edit.spot.sheet, edit.spot.cell, edit.header, before, edit.after])
        changes = listed(
            f"{sheet} {cell} {_short(before)} → {_short(after)}" for sheet, cell, _h, before, after in cells
        )
        told = {"rule": choice.item.code, "fix": choice.option.label if choice.option else ""}
        data = {**told, "changes": changes, "cells": cells}
        record(journal.IMPORT_CHOSEN, actor=actor, subject=campaign.subject, data=data)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:39]}…" if len(line) > 40 else line or "—"


def _rule_on_kept(campaign: Campaign, run: ImportRun, choices: Sequence[Choice], actor: User) -> None:
    """What was kept with a reason and is still found is confirmed, or an exception asked for it.

    The ruling is on what the rules say of the campaign, so that it holds there. What they no longer say of it, since it
    is history now, is ruled on as it was found.
    """
    left = {item.key for item in items_found(run)}
    kept = [choice for choice in choices if choice.choice == KEEP and choice.item.key in left]
    if not kept:
        return
    found = [judged.verdict for judged in findings_of(campaign.subject) if not judged.verdict.passed]
    for choice in kept:
        same = [v for v in found if _is_of(v, choice.item)]
        rule_on(
            subject=campaign.subject,
            verdict=same[0] if same else _as_found(choice.item),
            reason=choice.reason,
            actor=actor,
        )


def _is_of(verdict: Verdict, item: Item) -> bool:
    """Whether a verdict on the campaign says what was found in its workbook; people have full names there."""
    if verdict.rule_id != item.code or keeping_of(verdict) is Keeping.NOT:
        return False
    return verdict.comment == item.comment and verdict.at == item.places


def _as_found(item: Item) -> Verdict:
    """The finding as a verdict."""
    return Verdict(
        False,
        item.message,
        at=item.places,
        stored=item.stored,
        computed=item.computed,
        rule_id=item.code,
        clause=item.clause,
        comment=item.comment,
        severity=Severity.BLOCK if item.keeping is Keeping.EXCEPT else Severity.WARN,
        exception_allowed=item.keeping is Keeping.EXCEPT,
    )


def _lead(dossier: Dossier) -> User | None:
    """The overall lead: who plans the whole by the division of work, else who owns the first goal."""
    planning = (row.owner for row in dossier.rows(AssignmentRow) if PLANNING_WORD in row.module)
    goals = (row.owner for row in dossier.rows(GoalRow))
    known = [person.id for person in (*planning, *goals) if person and person.id]
    return User.objects.filter(pk=known[0]).first() if known else None


def _make_team(campaign: Campaign, dossier: Dossier) -> None:
    """Everybody whom a table names belongs to the team, module leads as such; who only approves does not."""
    leads = {row.owner.id for row in dossier.rows(AssignmentRow) if row.owner and row.owner.id}
    named = {person.id for person in _people_in(dossier) if person.id} - leads
    Member.objects.bulk_create(
        [
            *(Member(subject=campaign.subject, user_id=pk, role=Role.MODULE_LEAD) for pk in sorted(leads)),
            *(Member(subject=campaign.subject, user_id=pk, role=Role.MEMBER) for pk in sorted(named)),
        ],
        ignore_conflicts=True,
    )


def _people_in(dossier: Dossier) -> Iterable[Person]:
    for part in dossier.parts:
        keys = [key for key, column in part.table.by_key.items() if column.widget in ("person", "people")]
        for row in part.rows:
            for value in (getattr(row, key) for key in keys if key != "approver"):
                yield from value if isinstance(value, tuple) else filter(None, (value,))


def _keep_original(run: ImportRun, campaign: Campaign, actor: User) -> None:
    """The file itself is filed with the campaign, byte for byte."""
    attach_file(
        subject=campaign.subject,
        upload=SimpleUploadedFile(run.name, content_of(run)),
        actor=actor,
        name=run.name,
        stage=STAGE,
    )


def start_making(*, run: ImportRun, actor: User) -> ImportRun:
    """Let the campaign of a large workbook be made in the background; refuses as `create_from_workbook`."""
    with transaction.atomic():
        locked = _checked_run(run, actor)
        if any(item.stops for item in items_found(locked)):
            raise Invalid(say(_("Mend what stops the import in the workbook first.")))
        payload = {"run": locked.pk, "step": "make", "size": locked.rows}
        locked.job = start_job(
            kind=JOB,
            actor=actor,
            payloads=[payload],
            key=f"import-{locked.pk}-{locked.checked_at:%Y%m%d%H%M%S%f}",
        )
        locked.save(update_fields=["job"])
    return locked


# ---------------------------------------------------------------- giving back


def marked_workbook(run: ImportRun) -> bytes:
    """The workbook as it came, with every finding marked at its cell and listed on a last sheet."""
    return marked_copy(content_of(run), as_findings(items_found(run)))


def export_workbook(*, campaign: Campaign, actor: User) -> bytes:
    """The campaign as a workbook, laid out like the one it came from; records `campaigns.exported`.

    Refuses who may not see the campaign and every table of it.
    """
    require(actor, Perm.VIEW, campaign.subject)
    for right in sorted({kept.view_perm for kept in workbook().kept if kept.view_perm}):
        require(actor, right, campaign.subject)
    data = workbook_of(campaign)
    record(journal.EXPORTED, actor=actor, subject=campaign.subject)
    return data


def workbook_of(campaign: Campaign) -> bytes:
    """The campaign as .xlsx; writes nothing."""
    return workbook().export(dossier_of(campaign), context_of(campaign), people_near(campaign.subject.unit))


def empty_workbook(unit: Unit | None) -> bytes:
    """The empty workbook, with the people near a unit in its drop-downs."""
    return workbook().template(people_near(unit) if unit else ())


def people_near(unit: Unit) -> list[str]:
    """Names for the drop-downs of a workbook."""
    return [user.name for user in PeopleNearby(unit).people]


def file_name(campaign: Campaign) -> str:
    """How the exported workbook is called."""
    return f"{campaign.code} {campaign.name}.xlsx"
