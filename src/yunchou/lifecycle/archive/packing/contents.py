"""What goes into a package: workbook, files, summary, journal, the approved proposal, and the manifest of them all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import IO, Any

from yunchou.kernel.core import clock
from yunchou.kernel.files import store
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.chain import START
from yunchou.kernel.journal.models import ChainHead, JournalEntry, Seal
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.campaigns.selectors import context_of, dossier_of

from ..selectors import attachments_of, frozen_version, items_of
from .bundle import MANIFEST, Member, as_json, digest_of_rest, write_bundle
from .proof import CONTENT, FORMAT, JOURNAL
from .summary import summary_pdf

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Packed:
    """What was written: the hash of the manifest, how many files it lists, the end of the chain at that moment."""

    manifest_sha256: str
    files: int
    chain_head: str


def pack(campaign: Campaign, out: IO[bytes], *, actor: User, told: Progress | None = None) -> Packed:
    """Write the package of a campaign. The same content at the same moment gives the same bytes.

    `told` hears after each file how many there are already. The journal's tail should be sealed before.
    """
    made_at = clock.now()
    head = _head()
    members = [
        Member.of("workbook.xlsx", workbook().export(dossier_of(campaign), context_of(campaign))),
        Member.of(
            "summary.pdf", summary_pdf(campaign, actor=actor, made_at=made_at, chain_head=head["head"])
        ),
        Member.of("items.json", as_json(_items(campaign.subject))),
        Member.of(JOURNAL, _journal(campaign.subject)),
    ]
    frozen = frozen_version(campaign.subject)
    if frozen is not None:
        content = {"number": frozen.number, "digest": frozen.digest, "content": frozen.content}
        members.append(Member.of(CONTENT, as_json(content)))
    members += [_file(attachment) for attachment in attachments_of(campaign.subject)]
    members.sort(key=lambda member: member.path)
    manifest = as_json(
        {
            "format": FORMAT,
            "product": {"name": "Yunchou", "version": product_version()},
            "made_at": made_at.astimezone(UTC).isoformat(timespec="seconds"),
            "sealed_by": {"id": actor.pk, "name": actor.name},
            "campaign": _facts(campaign),
            "journal": {**head, "entries": campaign.subject.entries.count()},
            "version": {"number": frozen.number, "digest": frozen.digest} if frozen else None,
            "files": [_listed(member, number, told) for number, member in enumerate(members, 1)],
        }
    )
    sealed = Member.of(MANIFEST, manifest)
    write_bundle(out, [*members, sealed])
    with sealed.open() as file:
        return Packed(digest_of_rest(file), len(members), head["head"])


def product_version() -> str:
    """The version of the product that packs."""
    try:
        return version("yunchou")
    except PackageNotFoundError:
        return "0"


def _head() -> dict[str, Any]:
    head = ChainHead.objects.filter(pk=1).first()
    return {"links": head.number, "head": head.digest} if head else {"links": 0, "head": START}


def _listed(member: Member, number: int, told: Progress | None) -> dict[str, Any]:
    with member.open() as file:
        sha256 = digest_of_rest(file)
    if told:
        told(number)
    return {"path": member.path, "size": member.size, "sha256": sha256}


def _facts(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.pk,
        "code": campaign.code,
        "name": campaign.name,
        "kind": campaign.kind,
        "unit": campaign.subject.unit.name,
        "start_on": campaign.start_on and campaign.start_on.isoformat(),
        "end_on": campaign.end_on and campaign.end_on.isoformat(),
    }


def path_of(attachment: Attachment) -> str:
    """Where a file stands in the package; its number keeps two of one name apart."""
    return f"files/{attachment.stage or 'other'}/{attachment.pk}-{attachment.name}"


def _file(attachment: Attachment) -> Member:
    stored = attachment.file
    return Member(path_of(attachment), stored.size, partial(store.open_content, stored.sha256))


def _items(subject: Subject) -> list[dict[str, Any]]:
    return [
        {
            "stage": item.stage,
            "title": item.title,
            "date": item.date.isoformat(),
            "source": item.source,
            "abstract": item.abstract,
            "place": item.place,
            "file": path_of(item.attachment) if item.attachment else None,
            "filed_by": item.filed_by.name,
            "filed_at": _utc(item.filed_at),
        }
        for item in items_of(subject)
    ]


def _journal(subject: Subject) -> bytes:
    """The entries of a subject in order, each with what its link in the chain covers."""
    entries = list(
        JournalEntry.objects.filter(subject=subject)
        .select_related("actor")
        .prefetch_related("personal")
        .order_by("pk")
    )
    seals = {
        seal.entry_id: seal for seal in Seal.objects.filter(entry_id__in=[entry.pk for entry in entries])
    }
    before = dict(
        Seal.objects.filter(number__in=[seal.number - 1 for seal in seals.values()]).values_list(
            "number", "digest"
        )
    )
    lines = [_line(entry, seals.get(entry.pk), before) for entry in entries]
    return "".join(f"{json.dumps(line, ensure_ascii=False, sort_keys=True)}\n" for line in lines).encode()


def _line(entry: JournalEntry, seal: Seal | None, before: dict[int, str]) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "actor": entry.actor_id,
        "actor_name": entry.actor.name if entry.actor else None,
        "subject": entry.subject_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "data": entry.data,
        "personal": _personal(entry),
        "number": seal.number if seal else None,
        "digest": seal.digest if seal else None,
        "before": before.get(seal.number - 1, START) if seal else None,
    }


def _personal(entry: JournalEntry) -> list[str]:
    """What the chain covers of personal values: digests of their encrypted form."""
    return sorted(
        f"{value.user_id}:{hashlib.sha256(bytes(value.sealed)).hexdigest()}" for value in entry.personal.all()
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
