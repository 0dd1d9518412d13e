"""What questionnaires and interviews keep of customers: it goes with the customer who is erased (CUS-10)."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.references import Reference, declare

from .models import Interview, QuestionKind, Recipient, Response

GONE = "—"


def forget_recipient(customer: Customer) -> int:
    """Names on lists go, and of answers only marks and choices stay, which say nothing of the person."""
    asked = Recipient.objects.filter(customer=customer)
    for response in Response.objects.filter(recipient__in=asked).select_related("survey"):
        texts = response.survey.questions.filter(kind=QuestionKind.TEXT).values_list("pk", flat=True)
        written = {str(pk) for pk in texts}
        response.answers = {key: value for key, value in response.answers.items() if key not in written}
        response.save(update_fields=["answers"])
    return asked.update(name=GONE)


def forget_interview(customer: Customer) -> int:
    """What somebody said goes; that somebody was asked stays."""
    return Interview.objects.filter(customer=customer).update(name=GONE, text=GONE, wishes="")


declare(
    Reference(
        "surveys.Recipient",
        "customer",
        label=pgettext_lazy("tab", "Questionnaires"),
        forget=forget_recipient,
    )
)
declare(
    Reference(
        "surveys.Interview",
        "customer",
        label=pgettext_lazy("survey", "Interviews"),
        forget=forget_interview,
    )
)
