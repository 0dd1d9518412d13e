"""Forms of this room, and allauth's forms in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from allauth.account import forms as account
from allauth.mfa.base import forms as factors
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import User

from .actions import send_reset_links
from .selectors import is_email_taken, is_mail_configured
from .tokens import offered_rights

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"


class Worded:
    """Gives fields of somebody else's form our labels, hints and input attributes; none keeps a placeholder."""

    labels: ClassVar[dict[str, Words]] = {}
    hints: ClassVar[dict[str, Words]] = {}
    inputs: ClassVar[dict[str, dict[str, str]]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            field.widget.attrs.update(self.inputs.get(name, {}))


NEW_PASSWORD: dict[str, Words] = {"password1": _("New password"), "password2": _("New password again")}
NEW_PASSWORD_HINTS: dict[str, Words] = {
    "password1": _("At least 10 characters; no common password, and nothing like your own name.")
}
CODE_INPUT = {
    "inputmode": "numeric",
    "autocomplete": "one-time-code",
    "autofocus": "autofocus",
    "maxlength": "12",
}


class SignInForm(Worded, account.LoginForm):  # type: ignore[misc]
    labels: ClassVar = {"login": _("User name or e-mail"), "password": _("Password")}
    inputs: ClassVar = {
        "login": {
            "autocomplete": "username webauthn",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": "254",
        }
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Whoever mistyped the password finds the cursor there, the name kept."""
        super().__init__(*args, **kwargs)
        again = self.is_bound and bool(self.data.get("login"))
        self.fields["password" if again else "login"].widget.attrs["autofocus"] = True


class PasswordChangeForm(Worded, account.ChangePasswordForm):  # type: ignore[misc]
    labels: ClassVar = {"oldpassword": _("Current password"), **NEW_PASSWORD}
    hints: ClassVar = NEW_PASSWORD_HINTS


class PasswordSetForm(Worded, account.SetPasswordForm):  # type: ignore[misc]
    labels: ClassVar = NEW_PASSWORD
    hints: ClassVar = NEW_PASSWORD_HINTS


class PasswordResetKeyForm(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels: ClassVar = NEW_PASSWORD
    hints: ClassVar = NEW_PASSWORD_HINTS


class ConfirmPasswordForm(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    labels: ClassVar = {"password": _("Password")}
    inputs: ClassVar = {"password": {"autofocus": "autofocus"}}


class PasswordResetForm(forms.Form):
    """Asks for a link by mail. Says the same, and takes as long, for every address."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": "autofocus"})
    )

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        if is_mail_configured():
            send_reset_links(email=email)
        return email


class CodeForm(Worded, factors.AuthenticateForm):  # type: ignore[misc]
    labels: ClassVar = {"code": _("One-time code")}
    hints: ClassVar = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}
    inputs: ClassVar = {"code": CODE_INPUT}


class ConfirmCodeForm(Worded, factors.ReauthenticateForm):  # type: ignore[misc]
    labels: ClassVar = CodeForm.labels
    hints: ClassVar = CodeForm.hints
    inputs: ClassVar = CodeForm.inputs


class TotpForm(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    labels: ClassVar = {"code": _("Code from the app")}
    inputs: ClassVar = {"code": CODE_INPUT}


class PasskeyForm(Worded, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    labels: ClassVar = {
        "name": _("Name of the passkey"),
        "passwordless": _("Sign in with this passkey alone"),
    }
    hints: ClassVar = {
        "name": _("What you recognise it by: “office laptop”, “phone”."),
        "passwordless": _("Without a password; the device then asks for fingerprint, face or PIN."),
    }
    inputs: ClassVar = {"name": {"maxlength": "60"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class PasskeyNameForm(Worded, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    labels: ClassVar = {"name": _("Name of the passkey")}
    inputs: ClassVar = {"name": {"maxlength": "60", "autofocus": "autofocus"}}


class ProfileForm(forms.ModelForm[User]):
    """What a person says about himself. The name is not among it: others rely on it in approvals."""

    class Meta:
        model = User
        fields = ("email", "phone", "language", "theme")
        labels: ClassVar = {
            "email": _("E-mail"),
            "phone": _("Phone"),
            "language": _("Language"),
            "theme": _("Theme"),
        }
        help_texts: ClassVar = {"email": _("You can sign in with it.")}
        widgets: ClassVar = {
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        if email and is_email_taken(email, besides=self.instance):
            raise forms.ValidationError(_("Somebody else uses this e-mail address."))
        return email


class TokenForm(forms.Form):
    """A new API token: what for, which rights, how long."""

    name = forms.CharField(
        label=_("Purpose"), max_length=60, help_text=_("Who or what uses the token: “sales system, nightly”.")
    )
    valid_days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("one year"))],
    )
    rights = forms.MultipleChoiceField(label=_("Rights"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = [(right.key, right.label) for right in offered_rights() if user.has_perm(right.key)]
        rights = self.fields["rights"]
        assert isinstance(rights, forms.MultipleChoiceField)
        rights.choices = held
