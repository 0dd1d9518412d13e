"""What plans rest on: channels by audience, forms, profiles and analyses; and taking them into a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..models import ASKED, ActivityForm, AudienceGroup, Study, StudyUse
from ..permissions import Perm
from ..plans import CREATIVE, modules_of, plan, table_of
from ..selectors.basis import studies_for

OVERVIEW = "overview"
NEEDED = ("age", "preferences", "habits", "offer", "answer")
"""What a study may not leave out, where its kind is asked for it."""


def group_stamp(group: AudienceGroup) -> str:
    """How a group stood when a form showed it."""
    return stamp(group.name, group.words, group.channels)


@transaction.atomic
def keep_group(
    *,
    name: str,
    words: Sequence[str],
    channels: Sequence[str],
    actor: User,
    group: AudienceGroup | None = None,
    seen: str = "",
) -> AudienceGroup:
    """Enter a group of people with its active channels, or change one. Refuses without `creative.keep`, a name that is taken,
    no channel, and what was changed meanwhile. Records `creative.group_kept`."""
    require(actor, Perm.KEEP)
    kept = AudienceGroup.objects.select_for_update().get(pk=group.pk) if group else AudienceGroup()
    if group:
        refuse_stale(seen, group_stamp(kept))
    kept.name = wanted(name, "name")
    if AudienceGroup.objects.filter(name=kept.name).exclude(pk=kept.pk).exists():
        raise at_field("name", _("There is a group of this name already."))
    kept.words, kept.channels = _each(words), _each(channels)
    if not kept.channels:
        raise at_field("channels", _("Name at least one channel."))
    if group is None:
        kept.position = (AudienceGroup.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    kept.save()
    record(journal.GROUP_KEPT, actor=actor, data={"group": kept.name, "channels": "、".join(kept.channels)})
    return kept


@transaction.atomic
def drop_group(*, group: AudienceGroup, actor: User) -> None:
    """Take a group out of the table; records `creative.group_dropped`."""
    require(actor, Perm.KEEP)
    name = group.name
    AudienceGroup.objects.filter(pk=group.pk).delete()
    record(journal.GROUP_DROPPED, actor=actor, data={"group": name})


def form_stamp(form: ActivityForm) -> str:
    """How a form of activities stood when a page showed it."""
    return stamp(form.name, form.is_high_end, form.lowest_grade, form.is_used)


@transaction.atomic
def keep_form(
    *,
    name: str,
    is_high_end: bool,
    actor: User,
    form: ActivityForm | None = None,
    lowest_grade: str = "",
    is_used: bool = True,
    seen: str = "",
) -> ActivityForm:
    """Enter a form of activities, or change one. `lowest_grade` is who may be invited to a high-end event of this form at
    least, where that is more than high-end events ask for anyway (TYP-07).

    Refuses without `creative.keep`, a name that is taken, another name for a standard form and for one with a grade, a grade
    for one that is not for high-end events, and what was changed meanwhile. Records `creative.form_kept`.
    """
    require(actor, Perm.KEEP)
    kept = ActivityForm.objects.select_for_update().get(pk=form.pk) if form else ActivityForm()
    if form:
        refuse_stale(seen, form_stamp(kept))
    before, kept.name = kept.name, wanted(name, "name")
    if kept.is_standard and kept.name != before:
        raise at_field("name", _("A standard form keeps its name, by which activities know it."))
    if form and kept.lowest_grade and kept.name != before:
        raise at_field("name", _("A form with a grade keeps its name, by which activities know it."))
    kept.is_high_end, kept.lowest_grade, kept.is_used = is_high_end, lowest_grade, is_used
    if lowest_grade and not is_high_end:
        raise at_field("lowest_grade", _("Only high-end events go by the client grade."))
    if ActivityForm.objects.filter(name=kept.name).exclude(pk=kept.pk).exists():
        raise at_field("name", _("There is a form of this name already."))
    if form is None:
        kept.position = (ActivityForm.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    kept.save()
    data = {"form": kept.name, "lowest_grade": lowest_grade, "is_used": is_used}
    record(journal.FORM_KEPT, actor=actor, data=data)
    return kept


@transaction.atomic
def drop_form(*, form: ActivityForm, actor: User) -> None:
    """Take a form off the list; activities that have it keep it. Refuses a standard one, and one with a grade, which goes
    out of use instead. Records `creative.form_dropped`."""
    require(actor, Perm.KEEP)
    form = ActivityForm.objects.select_for_update().get(pk=form.pk)
    if not form.may_be_dropped:
        raise wrong(_("“{form}” stays on the list; no longer offer it instead."), form=form.name)
    name = form.name
    ActivityForm.objects.filter(pk=form.pk).delete()
    record(journal.FORM_DROPPED, actor=actor, data={"form": name})


@transaction.atomic
def choose_forms(*, subject: Subject, forms: Sequence[str], actor: User, seen: str = "") -> tuple[str, ...]:
    """Combine forms of the list; what the activity says besides the list stays. Refuses without `creative.edit`, forms that
    are not on the list, a locked overview, and what was changed meanwhile. Records `creative.forms_chosen`."""
    locked = open_table(subject, OVERVIEW, actor, Perm.EDIT)
    now = plan(locked).forms
    refuse_stale(seen, stamp(now))
    known = set(ActivityForm.objects.values_list("name", flat=True))
    chosen = _each(forms)
    if any(name not in known for name in chosen):
        raise at_field("forms", _("This form is not on the list."))
    combined = [name for name in now if name not in known or name in chosen]
    combined += [name for name in chosen if name not in combined]
    kept = table_of(locked, OVERVIEW)
    [row] = kept.load(locked)
    save_row(subject=locked, kept=kept, pk=row.pk, cells={"forms": "\n".join(combined)}, actor=actor)
    record(journal.FORMS_CHOSEN, actor=actor, subject=locked, data={"forms": "、".join(combined) or "—"})
    return tuple(combined)


@transaction.atomic
def take_channels(*, subject: Subject, group: AudienceGroup, actor: User) -> list[str]:
    """Write the channels of a group that the channel mix does not name yet into it. Refuses without `creative.edit`, where
    the plan has no row for the mix, while it is locked, and where nothing is missing. Records `creative.channels_taken`."""
    locked = open_table(subject, CREATIVE, actor, Perm.EDIT)
    name = plan(locked).names[2]
    row = next((one for one in modules_of(locked) if one.module == name), None)
    if row is None:
        raise wrong(_("The plan has no row “{module}” yet."), module=name)
    missing = [channel for channel in group.channels if channel not in row.content]
    if not missing:
        raise wrong(_("The channel mix names all channels of this group."))
    lines = [row.content.rstrip(), "、".join(missing)]
    text = "\n".join(line for line in lines if line)
    save_row(subject=locked, kept=table_of(locked), pk=row.pk, cells={"content": text}, actor=actor)
    data = {"channels": "、".join(missing), "group": group.name}
    record(journal.CHANNELS_TAKEN, actor=actor, subject=locked, data=data)
    return missing


@dataclass(frozen=True)
class Studied:
    """A profile or an analysis as people type it; `facts` by field."""

    kind: str
    name: str
    as_of: date
    source: str
    facts: Mapping[str, str] = field(default_factory=dict)


def study_stamp(study: Study) -> str:
    """How a study stood when a form showed it."""
    return stamp(study.name, study.as_of, study.source, [value for _label, value in study.facts])


@transaction.atomic
def keep_study(
    *, unit: Unit, studied: Studied, actor: User, study: Study | None = None, seen: str = ""
) -> Study:
    """File an audience profile (age, preferences, spending habits) or a competitor analysis, or change one.

    Refuses without `creative.keep` in the unit, what its kind may not leave out, a day to come, and what was changed
    meanwhile. Records `creative.study_kept` or `creative.study_changed`.
    """
    require(actor, Perm.KEEP, unit)
    kept = Study(unit=unit, kind=Study.Kind(studied.kind), kept_by=actor)
    if study is not None:
        kept = Study.objects.select_for_update(of=("self",)).select_related("unit").get(pk=study.pk)
        require(actor, Perm.KEEP, kept.unit)
        refuse_stale(seen, study_stamp(kept))
    kept.name, kept.source = wanted(studied.name, "name"), wanted(studied.source, "source")
    if studied.as_of > clock.today():
        raise at_field("as_of", _("This day has not come yet."))
    kept.as_of = studied.as_of
    for name in ASKED[kept.kind]:
        value = studied.facts.get(name, "")
        setattr(kept, name, wanted(value, name) if name in NEEDED else value.strip())
    kept.save()
    record(journal.STUDY_CHANGED if study else journal.STUDY_KEPT, actor=actor, data=_told(kept))
    return kept


@transaction.atomic
def link_study(*, study: Study, subject: Subject, actor: User) -> StudyUse:
    """Say that a plan rests on a study; records `creative.study_linked`. Refuses what the person does not see."""
    locked = open_table(subject, "studies", actor, Perm.EDIT)
    if not studies_for(actor).filter(pk=study.pk).exists():
        raise NotAllowed(say(_("You may not see this.")))
    use, is_new = StudyUse.objects.get_or_create(study=study, subject=locked, defaults={"linked_by": actor})
    if is_new:
        record(journal.STUDY_LINKED, actor=actor, subject=locked, data=_told(study))
    return use


@transaction.atomic
def unlink_study(*, study: Study, subject: Subject, actor: User) -> None:
    """A plan no longer rests on a study, which stays; records `creative.study_unlinked`."""
    locked = open_table(subject, "studies", actor, Perm.EDIT)
    gone, _by = StudyUse.objects.filter(study=study, subject=locked).delete()
    if gone:
        record(journal.STUDY_UNLINKED, actor=actor, subject=locked, data=_told(study))


def _told(study: Study) -> dict[str, object]:
    words = _("an audience profile") if study.kind == Study.Kind.PROFILE else _("a competitor analysis")
    return {"kind": say(words), "name": study.name, "study": study.pk}


def _each(texts: Sequence[str]) -> list[str]:
    """What was typed, each once, without blanks."""
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))
