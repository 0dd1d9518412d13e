"""The order of the rooms, read from the import contract so that there is one list of it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "yunchou"


@cache
def ranks() -> dict[str, int]:
    """Height of every room above the ground, by label; rooms side by side have the same height."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floors = next(contract["layers"] for contract in contracts if contract["name"].startswith("Floors"))
    return {
        room.strip().rsplit(".", 1)[-1]: height
        for height, floor in enumerate(reversed(floors))
        for room in floor.split("|")
    }


def may_know(upper: str, lower: str) -> bool:
    """Whether room `upper` may refer to room `lower`: itself, or one that lies below."""
    return upper == lower or ranks()[upper] > ranks()[lower]


def room_of(module: str) -> str | None:
    """The room of a module of ours, as `campaigns`; nothing for somebody else's."""
    parts = module.split(".")
    if parts[0] != "yunchou" or len(parts) < 2:
        return None
    return "config" if parts[1] == "config" else parts[2] if len(parts) > 2 else None
