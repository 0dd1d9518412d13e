"""Questionnaires on an activity: questions, who is asked, what they answered; and notes of interviews."""

from .answers import Flag, Response
from .interviews import Interview
from .recipients import Recipient, new_token
from .surveys import Purpose, Question, QuestionKind, Section, Status, Survey

__all__ = [
    "Flag",
    "Interview",
    "Purpose",
    "Question",
    "QuestionKind",
    "Recipient",
    "Response",
    "Section",
    "Status",
    "Survey",
    "new_token",
]
