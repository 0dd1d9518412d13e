"""The pages of approvals: the inbox, one case with its verbs, delegations, and a person's common opinions."""

from .cases import case_detail, case_print
from .decisions import (
    case_acknowledge,
    case_amend,
    case_batch,
    case_decide,
    case_return,
    case_withdraw,
)
from .delegations import delegation_end, delegation_list
from .inbox import case_list
from .opinions import opinion_drop, opinion_list
from .signers import case_copy, case_signers, case_transfer
from .talk import case_answer, case_ask, case_remark, case_urge

__all__ = [
    "case_acknowledge",
    "case_amend",
    "case_answer",
    "case_ask",
    "case_batch",
    "case_copy",
    "case_decide",
    "case_detail",
    "case_list",
    "case_print",
    "case_remark",
    "case_return",
    "case_signers",
    "case_transfer",
    "case_urge",
    "case_withdraw",
    "delegation_end",
    "delegation_list",
    "opinion_drop",
    "opinion_list",
]
