"""What people type about questionnaires and interviews."""

from .asking import AskForm, ClosingForm, ReasonForm
from .building import NewSurveyForm, QuestionForm, SurveyForm
from .interviews import InterviewForm

__all__ = [
    "AskForm",
    "ClosingForm",
    "InterviewForm",
    "NewSurveyForm",
    "QuestionForm",
    "ReasonForm",
    "SurveyForm",
]
