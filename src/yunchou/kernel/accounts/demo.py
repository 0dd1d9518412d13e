"""The accounts of the demo company that the sign-in page offers. Nothing here speaks unless `YUNCHOU_DEMO=1`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language


@dataclass(frozen=True)
class DemoAccount:
    """One button: who one becomes, in which role, and the public password of the demo."""

    username: str
    password: str
    name: str
    role: str
    role_en: str = ""

    @property
    def label(self) -> str:
        """The role in the reader's language."""
        return self.role_en if self.role_en and (get_language() or "").startswith("en") else self.role


def _file() -> Path:
    return Path(settings.VAR) / "demo-accounts.json"


def write(shown: Iterable[DemoAccount]) -> None:
    """Keep the list that the sign-in page shows; called by whoever makes the demo company."""
    _file().write_text(json.dumps([asdict(account) for account in shown], ensure_ascii=False, indent=1))


def accounts() -> list[DemoAccount]:
    """The demo accounts by role, or none outside the demo."""
    if not settings.DEMO or not _file().exists():
        return []
    known = {field.name for field in fields(DemoAccount)}
    rows = json.loads(_file().read_text())
    return [DemoAccount(**{name: row[name] for name in known & row.keys()}) for row in rows]
