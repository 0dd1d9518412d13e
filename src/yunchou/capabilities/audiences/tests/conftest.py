from __future__ import annotations

from yunchou.directory.customers.tests.conftest import english, firm

__all__ = ["english", "firm"]
