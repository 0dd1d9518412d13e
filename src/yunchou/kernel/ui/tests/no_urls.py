"""Addresses of a product without a rulebook."""

from __future__ import annotations

from typing import Any

urlpatterns: list[Any] = []
