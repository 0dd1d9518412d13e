"""Where things stand on the sheets of a workbook: from a place in a table to its cell. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yunchou.kernel.rules.verdicts import Place
from yunchou.kernel.sheets.cells import address
from yunchou.kernel.sheets.dossier import Dossier


@dataclass(frozen=True, order=True)
class Spot:
    """A cell of a sheet; the sheet as a whole where `cell` is empty, the workbook where both are."""

    sheet: str = ""
    cell: str = ""


def spots_of(dossier: Dossier, places: Sequence[Place]) -> tuple[Spot, ...]:
    """The cells of places, in the sheets that the dossier was read from."""
    return tuple(dict.fromkeys(spot_of(dossier, place) for place in places))


def spot_of(dossier: Dossier, place: Place) -> Spot:
    """The cell of a place; its heading, or the sheet, where the place has none."""
    part = dossier.part(place.table)
    frame = part.frame
    if frame is None:
        return Spot(part.table.sheet)
    positions = {heading.key: heading.position for heading in frame.headings if not heading.is_extra}
    position = positions.get(place.column)
    if part.table.layout == "pairs":
        return Spot(frame.sheet, address(position, 2) if position else "")
    if place.row is None:
        is_stated = part.footer is not None and (
            getattr(part.footer, place.column, None) is not None or place.column in part.footer.given
        )
        line = part.footer.line if is_stated and part.footer else frame.line
        return Spot(frame.sheet, address(line, position) if position else "")
    line = part.rows[place.row].line if place.row < len(part.rows) else frame.line
    return Spot(frame.sheet, address(line, position or min(positions.values(), default=1)))
