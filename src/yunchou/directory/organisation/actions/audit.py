"""What reading the journal leaves behind: exports and looks at personal values are told in it (SUP-06)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access import journal
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.permissions import Perm
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.raw import RawSheet, RawWorkbook
from yunchou.kernel.sheets.write import write_raw

from ..selectors.audit import EXPORTED_AT_MOST, AuditFilter, PersonalDetails, as_lines, personal_of


@transaction.atomic
def export_journal(*, filters: AuditFilter, actor: User) -> bytes:
    """The entries of a filter as a workbook in which no text is a formula.

    Refuses without `access.audit` and more than 20,000 entries; records `access.journal_exported`.
    """
    require(actor, Perm.AUDIT)
    found = list(filters.apply()[: EXPORTED_AT_MOST + 1])
    if len(found) > EXPORTED_AT_MOST:
        raise Invalid(
            say(_("More than {count} entries: narrow the period or the kind first."), count=EXPORTED_AT_MOST)
        )
    lines = {
        n: {column: cell for column, cell in enumerate(line, 1) if cell != ""}
        for n, line in enumerate(as_lines(found), 1)
    }
    record(journal.JOURNAL_EXPORTED, actor=actor, data={"count": len(found), "filters": str(filters)})
    return write_raw(RawWorkbook((RawSheet("journal", lines),)))


@transaction.atomic
def show_personal(*, entry: JournalEntry, actor: User) -> list[PersonalDetails]:
    """Decipher the personal values of an entry. Refuses without `access.audit`; records `access.personal_shown`."""
    require(actor, Perm.AUDIT)
    record(
        journal.PERSONAL_SHOWN,
        actor=actor,
        subject=entry.subject,
        data={"entry": entry.pk, "kind": entry.kind},
    )
    return personal_of(entry)
