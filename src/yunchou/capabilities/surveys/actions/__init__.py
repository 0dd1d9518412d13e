"""Every write to questionnaires, answers and interviews."""

from .answering import count_again, set_aside, take_answer, take_open_answer
from .asking import Added, ask_audience, ask_people, remind, set_open_link, stop_asking
from .building import (
    Details,
    Wording,
    add_survey,
    change_survey,
    copy_survey,
    move_question,
    order_questions,
    put_question,
    remove_question,
    remove_survey,
    survey_stamp,
)
from .interviews import Notes, change_interview, interview_stamp, keep_interview, remove_interview
from .running import activity_began, activity_ended, close_survey, follow_surveys, open_survey, set_closing

__all__ = [
    "Added",
    "Details",
    "Notes",
    "Wording",
    "activity_began",
    "activity_ended",
    "add_survey",
    "ask_audience",
    "ask_people",
    "change_interview",
    "change_survey",
    "close_survey",
    "copy_survey",
    "count_again",
    "follow_surveys",
    "interview_stamp",
    "keep_interview",
    "move_question",
    "open_survey",
    "order_questions",
    "put_question",
    "remind",
    "remove_interview",
    "remove_question",
    "remove_survey",
    "set_aside",
    "set_closing",
    "set_open_link",
    "stop_asking",
    "survey_stamp",
    "take_answer",
    "take_open_answer",
]
