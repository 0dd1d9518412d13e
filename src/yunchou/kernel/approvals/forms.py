from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OpinionForm(forms.Form):
    """What an approver writes; whether it is mandatory depends on the verb, and the action says so."""

    opinion = forms.CharField(label=_("Opinion"), required=False, max_length=2000, strip=True)


class DecisionForm(OpinionForm):
    """A decision on one task of the case."""

    VERBS: ClassVar = [
        ("approve", pgettext_lazy("decision", "Approve")),
        ("return", pgettext_lazy("decision", "Return")),
        ("reject", pgettext_lazy("decision", "Reject")),
    ]

    task = forms.IntegerField(widget=forms.HiddenInput)
    verb = forms.ChoiceField(choices=VERBS)


class RemarkForm(forms.Form):
    text = forms.CharField(label=_("Remark"), required=False, max_length=2000, strip=True)
