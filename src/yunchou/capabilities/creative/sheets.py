"""Where the contents of the phases live. They stand on the pages of an activity and are no sheet of its workbook."""

from __future__ import annotations

from typing import Any

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.registry import BESIDE, register
from yunchou.kernel.sheets.store import ModelStore
from yunchou.kernel.subjects.models import Subject

from .models import ContentItem
from .permissions import Perm
from .plans import plan
from .rules import Contents, Span, contents_keep_to_their_phases
from .selectors.contents import standing_of
from .tables import CONTENTS, ContentRow


class ContentStore(ModelStore[ContentItem, ContentRow]):
    """Contents; one that names no phase of the plan or leaves it is refused where it is typed (K-CRE-06)."""

    def save_row(self, subject: Subject, row: ContentRow, *, actor: Any = None) -> ContentItem:
        phases = tuple(Span(one.name, one.start_on, one.end_on) for one in plan(subject).phases)
        facts = Contents(phases, (Span(row.phase, row.start_on, row.end_on),))
        verdicts = [one for one in evaluate([contents_keep_to_their_phases], facts) if not one.passed]
        if verdicts:
            fields = {str(one.values["field"]): one.reason for one in verdicts}
            raise Invalid(verdicts[0].reason, verdicts=verdicts, fields=fields)
        return super().save_row(subject, row, actor=actor)


contents = ContentStore(ContentItem, CONTENTS, fields={"owner": person("owner")})
register(
    CONTENTS,
    workbook_name=BESIDE,
    load=contents.load,
    save=contents.save,
    order=30,
    store=contents,
    view_perm=Perm.VIEW,
    edit_perm=Perm.EDIT,
    template="creative/parts/contents_table.html",
    width=len(CONTENTS.columns) + 1,
    extend=standing_of,
)
