"""The budget in the workbook of a campaign, and as it is edited on its page."""

from yunchou.kernel.sheets.registry import register

from .permissions import Perm
from .stores import LINES, load_totals, save_totals
from .table_page import table_extras
from .tables import BUDGET

register(
    BUDGET,
    load=LINES.load,
    save=LINES.save,
    load_footer=load_totals,
    save_footer=save_totals,
    order=40,
    store=LINES,
    view_perm=Perm.VIEW,
    edit_perm=Perm.EDIT,
    fixed=("actual", "variance_note"),
    template="budgets/lines.html",
    width=14,
    extend=table_extras,
)
