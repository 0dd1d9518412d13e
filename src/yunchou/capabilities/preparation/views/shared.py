"""What the dialogs of this room have in common."""

from __future__ import annotations

from functools import partial
from typing import Final

from yunchou.kernel.ui import dialogs

WIDE: Final = {
    "venue", "people", "present", "contract", "agreement", "research", "activity", "line", "file",
}  # fmt: skip
dialog = partial(dialogs.dialog, wide=WIDE)
