"""Every write to creative plans."""

from .basis import (
    Studied,
    choose_forms,
    drop_form,
    drop_group,
    form_stamp,
    group_stamp,
    keep_form,
    keep_group,
    keep_study,
    link_study,
    study_stamp,
    take_channels,
    unlink_study,
)
from .drafts import approve_draft, hand_in_draft, hand_in_version, remark, resolve_remark
from .final import confirm_plan
from .rewards import (
    Terms,
    Won,
    draw_lottery,
    enter_lottery,
    grant,
    make_offer,
    open_lottery,
    publish_winners,
)
from .switches import Instead, preview_switch, switch_alternative, switch_stamp

__all__ = [
    "Instead", "Studied", "Terms", "Won", "approve_draft", "choose_forms", "confirm_plan", "draw_lottery", "drop_form",
    "drop_group", "enter_lottery", "form_stamp", "grant", "group_stamp", "hand_in_draft", "hand_in_version", "keep_form",
    "keep_group", "keep_study", "link_study", "make_offer", "open_lottery", "preview_switch", "publish_winners", "remark",
    "resolve_remark", "study_stamp", "switch_alternative", "switch_stamp", "take_channels", "unlink_study",
]  # fmt: skip
