"""Sessions in the database, asked for only by what can be the key of one."""

from __future__ import annotations

import re
from typing import Final

from django.contrib.sessions.backends import db

KEY: Final = re.compile(r"[a-z0-9]{8,40}")


class SessionStore(db.SessionStore):
    """Django's own. A cookie may hold any sign, also such as stop a database: whoever sends those has no session."""

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and KEY.fullmatch(key) is not None
