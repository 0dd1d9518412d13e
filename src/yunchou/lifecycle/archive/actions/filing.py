"""Filing items, writing the summary."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign, Status

from .. import journal
from ..models import ArchiveItem, Stage, Summary
from ..permissions import Perm
from ..rules import ItemFacts, item_has_its_data

CLOSED = (Status.ARCHIVED, Status.CANCELLED)


@transaction.atomic
def file_item(
    *,
    subject: Subject,
    actor: User,
    stage: str,
    title: str,
    date: date | None,
    source: str,
    abstract: str,
    upload: Upload | None = None,
    place: str = "",
) -> ArchiveItem:
    """File an item under a stage, with its file where it is electronic; records `archive.filed`.

    Refuses an item without one of its four data (R-ARC-01), what `files.attach_file` refuses, and an archived campaign.
    """
    subject = _open(subject, actor)
    facts = ItemFacts(title, date, source, abstract)
    if wrong := [verdict for verdict in evaluate([item_has_its_data], facts) if not verdict.passed]:
        fields = {str(verdict.values["missing"]): verdict.reason for verdict in wrong}
        raise RuleRefused(say(_("The item is not complete.")), verdicts=wrong, fields=fields)
    assert date is not None
    if stage not in Stage.values:
        raise Invalid(say(_("Choose a stage.")), fields={"stage": say(_("Choose a stage."))})
    attachment = None
    if upload is not None:
        attachment = attach_file(subject=subject, upload=upload, actor=actor, stage=stage, needs=Perm.FILE)
    item = ArchiveItem.objects.create(
        subject=subject,
        stage=stage,
        title=title.strip(),
        date=date,
        source=source.strip(),
        abstract=abstract.strip(),
        attachment=attachment,
        place=place.strip(),
        filed_by=actor,
    )
    told = {"title": item.title, "stage": str(Stage(stage).label), "item": item.pk}
    record(journal.FILED, actor=actor, subject=subject, data=told)
    return item


@transaction.atomic
def write_summary(*, subject: Subject, actor: User, conclusion: str, suggestions: str) -> Summary:
    """Write what people conclude and suggest (ARC-10), again until it is archived; records `archive.summarised`.

    Refuses an empty part, and an archived campaign.
    """
    subject = _open(subject, actor)
    texts = {"conclusion": conclusion.strip(), "suggestions": suggestions.strip()}
    if missing := [name for name, text in texts.items() if not text]:
        wrong = say(_("Please fill this in."))
        raise Invalid(wrong, fields=dict.fromkeys(missing, wrong))
    summary, _made = Summary.objects.update_or_create(
        subject=subject, defaults={**texts, "written_by": actor, "written_at": clock.now()}
    )
    record(journal.SUMMARISED, actor=actor, subject=subject, data=texts)
    return summary


def _open(subject: Subject, actor: User) -> Subject:
    """The subject, locked, for somebody who may file while it is not archived."""
    locked = Subject.objects.select_for_update().select_related("unit").get(pk=subject.pk)
    require(actor, Perm.FILE, locked)
    campaign = Campaign.objects.get(pk=locked.pk)
    if campaign.status in CLOSED:
        raise WrongState(
            say(
                _("Nothing is filed any more: the campaign is “{state}”."),
                state=str(campaign.get_status_display()),
            )
        )
    return locked
