"""Mail that takes its time: sent by the worker, so that asking for a link takes equally long for every address."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import job_kind

RESET_MAIL = "accounts.reset_mail"


@job_kind(RESET_MAIL, label=_("Password reset mail"), is_atomic=False)
def send_reset_mail(job: Job, chunk: JobChunk) -> None:
    """Mail a person the link that resets the password. The link is made here, so no job ever carries one."""
    user = User.objects.active().filter(pk=chunk.payload["user"]).first()
    if user is None or not user.email:
        return
    with translation.override(user.language):
        EmailMessage(
            subject=gettext("Reset your Yunchou password"),
            body=render_to_string("accounts/mail/reset.txt", {"person": user, "link": reset_link(user)}),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[user.email],
        ).send()


def reset_link(user: User) -> str:
    """The full address at which this person may set a new password, once, for three days."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.BASE_URL}{path}"
