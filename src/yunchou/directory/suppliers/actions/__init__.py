"""Every write to the register of suppliers."""

from .documents import add_document, owe_renewals, remove_document
from .exchange import apply_list, content_of, export_list, hand_in_list, template_list
from .merging import merge_suppliers
from .register import add_supplier, change_supplier, confirm_account, move_supplier, show_bank_account
from .standing import block_supplier, grade_supplier, unblock_supplier

__all__ = [
    "add_document",
    "add_supplier",
    "apply_list",
    "block_supplier",
    "change_supplier",
    "confirm_account",
    "content_of",
    "export_list",
    "grade_supplier",
    "hand_in_list",
    "merge_suppliers",
    "move_supplier",
    "owe_renewals",
    "remove_document",
    "show_bank_account",
    "template_list",
    "unblock_supplier",
]
