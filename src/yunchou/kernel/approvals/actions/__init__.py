"""Every write of an approval. Locks are taken in the order subject, case.

An outcome callback of an upper room runs inside the deciding transaction and may lock that room's rows after them; a
room that locks its own row first and then opens or withdraws a case has to lock the subject before
(`Subject.objects.select_for_update()`), or two people meet in a deadlock.
"""

from .amending import amend_case, reopen_case
from .deciding import Batch, acknowledge, approve, approve_many, reject, return_case, withdraw
from .definitions import install_definition, install_definitions, publish_definition
from .delegating import delegate, end_delegation
from .opening import missing_route_told, open_case
from .seating import hand_over, reseat
from .signers import Where, add_signers, transfer
from .talking import answer, ask, copy_to, mark_read, remark, urge

__all__ = [
    "Batch",
    "Where",
    "acknowledge",
    "add_signers",
    "amend_case",
    "answer",
    "approve",
    "approve_many",
    "ask",
    "copy_to",
    "delegate",
    "end_delegation",
    "hand_over",
    "install_definition",
    "install_definitions",
    "mark_read",
    "missing_route_told",
    "open_case",
    "publish_definition",
    "reject",
    "remark",
    "reopen_case",
    "reseat",
    "return_case",
    "transfer",
    "urge",
    "withdraw",
]
