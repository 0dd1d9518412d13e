"""Workbooks in and out: handed in, looked at, made into a campaign, and given back (GEN-08)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.work.tables import AssignmentRow
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import reach_of, within_limit
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.files import store
from yunchou.kernel.files.actions import Upload, attach_file, clean_name, store_file
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate
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
from .facts import CampaignFacts
from .import_findings import Item, Weight, as_findings, items_of
from .import_models import ImportRun
from .models import Campaign
from .permissions import Perm
from .rules.book import ALL
from .selectors import context_of, dossier_of
from .tables import GoalRow, OverviewRow

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
) -> Preview:
    """Read a workbook for a unit and judge it; writes nothing. `people` says who is meant by a name (None: nobody known).

    What ran while the workbook was kept is judged as it was then: by its end, where that has passed.
    """
    reading = _read(source, unit, people or {}, tell)
    [row] = reading.dossier.rows(OverviewRow) or (OverviewRow(),)
    today = min(clock.today(), row.end_on or clock.today())
    verdicts = evaluate(ALL, CampaignFacts(reading.dossier, reading.context, today))
    tell(0.8)
    return Preview(reading, items_of(reading, [verdict for verdict in verdicts if not verdict.passed]))


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
    looked = preview(content_of(run), run.unit, chosen_people(run), tell)
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
    locked = _open_run(run, actor)
    nearby = {user.pk for user in PeopleNearby(locked.unit).people}
    if unknown := {pk for pk in people.values() if pk is not None} - nearby:
        raise Invalid(say(_("{count} of the people chosen do not work here."), count=len(unknown)))
    locked.choices = {**locked.choices, "people": {**chosen_people(locked), **people}}
    locked.save(update_fields=["choices"])
    if locked.rows > MANY_ROWS:
        payload = {"run": locked.pk, "step": "check", "size": locked.rows}
        locked.job = start_job(kind=JOB, actor=actor, payloads=[payload])
        locked.checked_at = None
        locked.save(update_fields=["job", "checked_at"])
        return locked
    return check_workbook(run=locked)


def _open_run(run: ImportRun, actor: User) -> ImportRun:
    """The run, locked: still without a campaign, and the actor's own."""
    locked = ImportRun.objects.select_for_update().select_related(None).get(pk=run.pk)
    require(actor, Perm.CREATE, locked.unit)
    if locked.campaign_id:
        raise WrongState(say(_("This workbook has become a campaign already.")))
    return locked


# ---------------------------------------------------------------- making the campaign


def create_from_workbook(*, run: ImportRun, actor: User, tell: Tell = _quiet) -> Campaign:
    """Make the campaign that a workbook describes: a draft with every row, cell and contradiction as given.

    Whatever had begun is history and raises no duties (`history_until`). Refuses while something stops the import, and a
    second time; nothing is written then. Records `campaigns.created` and `campaigns.imported`.
    """
    reading = _read(content_of(run), run.unit, chosen_people(run), tell)
    # What stops an import is seen while reading; what the rules say was found when it was checked.
    if stopping := [item for item in items_of(reading, ()) if item.stops]:
        words = _("{count} things must be mended in the workbook first: {first}")
        raise Invalid(say(words, count=len(stopping), first=stopping[0].message))
    with transaction.atomic():
        locked = _open_run(run, actor)
        campaign = _make(locked, reading, actor)
        _keep_original(locked, campaign, actor)
        locked.campaign, locked.made_at = campaign, clock.now()
        locked.save(update_fields=["campaign", "made_at"])
        found = [item for item in items_found(locked) if item.weight is not Weight.NOTE]
        told = {"file": locked.name, "tables": locked.sheets, "findings": len(found), "rows": locked.rows}
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
    facts = CampaignFacts(reading.dossier, reading.context)
    return classify(
        campaign=Campaign.objects.select_related("subject__unit").get(pk=campaign.pk), facts=facts
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
        locked = _open_run(run, actor)
        if locked.checked_at is None:
            raise WrongState(say(_("The workbook is still being checked.")))
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
