"""Every write of the rulebook: documents, proposals of change, trials."""

from .documents import (
    change_clause,
    draft_edition,
    drop_clause,
    drop_edition,
    install_regulations,
    revise_edition,
)
from .proposals import (
    change_approved,
    change_rejected,
    change_returned,
    change_withdrawn,
    drop_proposal,
    propose_edition,
    propose_parameters,
    propose_routes,
    resubmit_proposal,
    withdraw_proposal,
)
from .trials import finish_trial, start_trial, try_part

__all__ = [
    "change_approved",
    "change_clause",
    "change_rejected",
    "change_returned",
    "change_withdrawn",
    "draft_edition",
    "drop_clause",
    "drop_edition",
    "drop_proposal",
    "finish_trial",
    "install_regulations",
    "propose_edition",
    "propose_parameters",
    "propose_routes",
    "resubmit_proposal",
    "revise_edition",
    "start_trial",
    "try_part",
    "withdraw_proposal",
]
