"""A form does its work once, however often it is sent (F3).

`{% once %}` puts a token into the form. Whoever presses twice, goes back and sends again, or sends anew because the answer
got lost, is led to what the first time has made:

    return go(request, once(request, lambda: actions.start_claim(...).get_absolute_url()))
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.http import HttpRequest

from yunchou.kernel.core import clock

from .models import Answered

FIELD: Final = "once"
KEPT: Final = timedelta(days=7)
_TOKEN: Final = re.compile(r"[\w-]{16,40}", re.ASCII)


def new_token() -> str:
    """For one form as it is shown."""
    return secrets.token_urlsafe(18)


def once(request: HttpRequest, save: Callable[[], str]) -> str:
    """What `save` answers, an address; the same form again answers the same and does nothing.

    What is written counts together: where `save` refuses, the form may be sent again. Two at the same moment wait for each
    other. A form without a token is saved every time.
    """
    token, user = request.POST.get(FIELD, ""), request.user.pk
    if user is None or not _TOKEN.fullmatch(token):
        return save()
    with transaction.atomic():
        kept, is_new = Answered.objects.get_or_create(user_id=user, token=token)
        if not is_new:
            return kept.address
        kept.address = save()
        kept.save(update_fields=["address"])
        Answered.objects.filter(user_id=user, at__lt=clock.now() - KEPT).delete()
    return kept.address
