"""What auditors type about plans, audits and findings, and what those concerned answer."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.expenses.forms import AmountField
from yunchou.directory.organisation.forms import PersonField, UnitField, day_field
from yunchou.kernel.identity.models import Unit

from ..actions.findings import Found
from ..models import AuditKind, AuditPlan, CaseStatus, Finding, FindingKind, Severity

ACCEPTED: Final = ".pdf,.jpg,.jpeg,.png,.xlsx,.xls,.docx,.doc,.zip"


def _text(label: Any, rows: int = 3, length: int = 4000, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea({"rows": rows}), **options)


class AuditForm(forms.Form):
    """A single audit of a period that has begun."""

    title = forms.CharField(label=_("Name of the audit"), max_length=120)
    kind = forms.ChoiceField(label=_("What is audited"), choices=AuditKind.choices)
    unit = UnitField(label=_("Unit, with everything below it"))
    auditor = PersonField(label=_("Responsible auditor"))
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    focus = _text(_("Scope"), help_text=_("What is looked at, and against which clauses."))


class AuditPlanForm(forms.Form):
    """An audit that recurs."""

    title = forms.CharField(label=_("Name of the audit"), max_length=120)
    kind = forms.ChoiceField(label=_("What is audited"), choices=AuditKind.choices)
    unit = UnitField(label=_("Unit, with everything below it"))
    auditor = PersonField(label=_("Responsible auditor"))
    months = forms.IntegerField(label=_("Every so many months"), min_value=1)
    starts_on = day_field(_("First day of the first period"))
    focus = _text(_("Scope"), help_text=_("What is looked at, and against which clauses."))

    def __init__(self, *args: Any, plan: AuditPlan | None = None, longest: int, **kwargs: Any) -> None:
        if plan is not None:
            kwargs["initial"] = {"months": plan.months, "auditor": plan.auditor_id, "focus": plan.focus}
        super().__init__(*args, **kwargs)
        self.fields["months"].help_text = _("At most %(months)d (R-BUD-14).") % {"months": longest}
        if plan is not None:
            # What is audited where stays; another unit gets another plan.
            for name in ("title", "kind", "unit", "starts_on"):
                del self.fields[name]


class ReasonForm(forms.Form):
    reason = _text(_("Reason"), 2, 300)


class NoteOnItemForm(forms.Form):
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class ReportForm(forms.Form):
    report = _text(
        _("Audit report"), 8, 8000, help_text=_("What was examined, what was found, what follows from it.")
    )


class FindingForm(forms.Form):
    """Something that is not in order, and what is to be done about it."""

    kind = forms.ChoiceField(label=_("Class of the finding"), choices=FindingKind.choices)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.MAJOR)
    text = _text(_("What was found"))
    measure = _text(pgettext_lazy("finding", "What is to be done"))
    owner = PersonField(label=_("Responsible for the correction"))
    due_on = day_field(_("To be corrected by"))
    amount = AmountField(
        label=_("Amount concerned"), required=False, help_text=_("In yuan, where there is one.")
    )

    def __init__(self, *args: Any, finding: Finding | None = None, **kwargs: Any) -> None:
        if finding is not None:
            names = ("kind", "severity", "text", "measure", "due_on")
            kwargs["initial"] = {name: getattr(finding, name) for name in names} | {
                "owner": finding.owner_id,
                "amount": "" if finding.amount is None else f"{finding.amount:.2f}",
            }
        super().__init__(*args, **kwargs)

    def found(self) -> Found:
        """What the actions take."""
        return Found(**self.cleaned_data)


class ReplyForm(forms.Form):
    text = _text(_("Answer"), 4, 2000)


class CorrectionForm(forms.Form):
    """What was done, and its proof."""

    text = _text(_("What was done"), 4, 2000)
    evidence = forms.FileField(
        label=_("Evidence"), required=False, widget=forms.ClearableFileInput({"accept": ACCEPTED}),
        help_text=_("For instance the missing voucher, the reversal, the new instruction."),
    )  # fmt: skip


class VerdictForm(forms.Form):
    """Whether a correction holds."""

    verdict = forms.ChoiceField(
        label=_("Does the correction hold?"),
        choices=[("accepted", _("Yes: the finding is settled")), ("sent_back", _("No: send it back"))],
        widget=forms.RadioSelect, initial="accepted",
    )  # fmt: skip
    note = _text(_("What is still missing"), 2, 500, required=False)
    due_on = day_field(
        _("New day"), required=False, help_text=_("Only when sent back; left empty: five working days.")
    )


class AuditFilterForm(forms.Form):
    """What narrows the list of audits. An unknown value is ignored."""

    q = forms.CharField(required=False)
    kind = forms.ChoiceField(
        label=_("What is audited"), choices=[("", _("All")), *AuditKind.choices], required=False
    )
    status = forms.ChoiceField(
        label=pgettext_lazy("audit", "State"), choices=[("", _("All")), *CaseStatus.choices], required=False
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=lazystr(_("All"))
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class FindingFilterForm(forms.Form):
    """What narrows the list of findings. An unknown value is ignored."""

    q = forms.CharField(required=False)
    severity = forms.ChoiceField(
        label=_("Severity"), choices=[("", _("All")), *Severity.choices], required=False
    )
    kind = forms.ChoiceField(
        label=_("Class of the finding"), choices=[("", _("All")), *FindingKind.choices], required=False
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=lazystr(_("All"))
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
