"""Every write of this room."""

from .addresses import free_address, keep_stop, opt_out, take_bounces
from .mailings import (
    begin,
    change_mailing,
    check_mailing,
    draft_mailing,
    drop_mailing,
    finish,
    schedule_mailing,
    send_at_once,
    start_due,
    start_mailing,
    stop_mailing,
    tell,
    test_mailing,
)
from .messages import confirm_sent, hand_over, send_again
from .texts import Wording, close_text, keep_sender, keep_text

__all__ = [
    "Wording",
    "begin",
    "change_mailing",
    "check_mailing",
    "close_text",
    "confirm_sent",
    "draft_mailing",
    "drop_mailing",
    "finish",
    "free_address",
    "hand_over",
    "keep_sender",
    "keep_stop",
    "keep_text",
    "opt_out",
    "schedule_mailing",
    "send_again",
    "send_at_once",
    "start_due",
    "start_mailing",
    "stop_mailing",
    "take_bounces",
    "tell",
    "test_mailing",
]
