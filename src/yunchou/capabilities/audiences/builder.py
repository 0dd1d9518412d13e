"""The conditions as they stand on a page: blocks of rows, read from what was posted and from a tree, with errors at their rows.

name of a control    holds
how                  all | any: how the blocks are joined
b0-how, b0-not       of one block
b0r1-what            field:city | did:attended
b0r1-op, -value      of an attribute; several values are several controls of the name, or words with commas between
b0r1-least, -most, -days
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict

from yunchou.kernel.core.errors import Invalid

from . import trees
from .fields import DEEDS, FIELDS, OPS, Field, Kind, Op
from .trees import Did, Group, Trait

#: Controls that a page may send: more than that is not a person's doing.
MOST_BLOCKS: Final = 12
_COMMAS: Final = re.compile(r"[,，、;；\n]")


@dataclass
class Row:
    """One condition as typed."""

    what: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    least: str = "1"
    most: str = ""
    days: str = ""
    error: str = ""

    @property
    def attribute(self) -> Field | None:
        kind, _colon, key = self.what.partition(":")
        return FIELDS.get(key) if kind == "field" else None

    @property
    def deed(self) -> str:
        kind, _colon, key = self.what.partition(":")
        return key if kind == "did" and key in DEEDS else ""

    @property
    def ops(self) -> list[tuple[str, Any]]:
        return [(op.value, OPS[op]) for op in self.attribute.ops] if self.attribute else []

    @property
    def options(self) -> list[tuple[str, Any, bool]]:
        """What there is to choose from: value, label, whether it is chosen."""
        found = self.attribute
        if not found or not found.choices:
            return []
        return [(value, label, value in self.values) for value, label in found.choices()]

    @property
    def is_number(self) -> bool:
        return bool(self.attribute and self.attribute.kind is Kind.NUMBER)

    @property
    def typed(self) -> str:
        return "、".join(self.values)

    def node(self) -> Trait | Did:
        """The condition that is meant. Raises `Invalid`."""
        if attribute := self.attribute:
            return trees.test_of(attribute.key, self.op, self.values)
        counts = {"least": self.least or "0", "most": self.most, "days": self.days or "0"}
        whole = {name: _whole(text) for name, text in counts.items() if text.strip()}
        return trees.did_of(self.deed, whole)


@dataclass
class Block:
    """Several rows that are joined by all or any, or left out together."""

    how: str = "all"
    is_negated: bool = False
    rows: list[Row] = field(default_factory=list)


@dataclass
class Builder:
    """The whole form of conditions. `is_deep`: the tree has more levels than the form shows, and is only told in words."""

    how: str = "all"
    blocks: list[Block] = field(default_factory=list)
    is_deep: bool = False

    @classmethod
    def of(cls, tree: Group) -> Builder:
        """The form that shows a tree."""
        if not tree:
            return cls(blocks=[Block()])
        if all(not isinstance(part, Group) for part in tree.parts):
            return cls(blocks=[_block(tree)])
        if tree.is_negated or any(isinstance(inner, Group) for part in tree.parts for inner in _parts(part)):
            return cls(is_deep=True)
        return cls(
            tree.how,
            [_block(part if isinstance(part, Group) else Group("all", (part,))) for part in tree.parts],
        )

    @classmethod
    def typed(cls, data: QueryDict) -> Builder:
        """The form as it was posted."""
        blocks = []
        for b in range(MOST_BLOCKS):
            if f"b{b}-how" not in data:
                continue
            block = Block(_how(data.get(f"b{b}-how")), bool(data.get(f"b{b}-not")))
            for r in range(trees.MOST):
                name = f"b{b}r{r}"
                if f"{name}-what" in data:
                    block.rows.append(_row(data, name))
            blocks.append(block)
        return cls(_how(data.get("how")), blocks or [Block()])

    def act(self, what: str) -> None:
        """Do what a button of the form asks: `add:0`, `drop:0:1`, `block`, `drop-block:1`; anything else does nothing."""
        match what.split(":"):
            case ["add", b] if self._block(b):
                self.blocks[int(b)].rows.append(Row(what="field:city", op=Op.IN))
            case ["drop", b, r] if self._block(b) and r.isdigit() and int(r) < len(self.blocks[int(b)].rows):
                del self.blocks[int(b)].rows[int(r)]
            case ["block"] if len(self.blocks) < MOST_BLOCKS:
                self.blocks.append(Block(rows=[Row(what="field:city", op=Op.IN)]))
            case ["drop-block", b] if self._block(b) and len(self.blocks) > 1:
                del self.blocks[int(b)]

    def _block(self, number: str) -> bool:
        return number.isdigit() and int(number) < len(self.blocks)

    def tree(self) -> Group:
        """What is meant. Raises `Invalid` with the error written at each row that has one."""
        first: Invalid | None = None
        groups = []
        for block in self.blocks:
            nodes: list[trees.Node] = []
            for row in block.rows:
                try:
                    nodes.append(row.node())
                except Invalid as refused:
                    row.error, first = str(refused.message), first or refused
            if nodes:
                groups.append(Group("any" if block.how == "any" else "all", tuple(nodes), block.is_negated))
        if first:
            raise first
        tree = groups[0] if len(groups) == 1 else Group("any" if self.how == "any" else "all", tuple(groups))
        return trees.read(trees.write(tree))


def _parts(node: trees.Node) -> tuple[trees.Node, ...]:
    return node.parts if isinstance(node, Group) else ()


def _block(group: Group) -> Block:
    return Block(
        group.how, group.is_negated, [_shown(part) for part in group.parts if not isinstance(part, Group)]
    )


def _shown(node: Trait | Did) -> Row:
    if isinstance(node, Trait):
        return Row(f"field:{node.field.key}", node.op.value, list(node.values))
    most = "" if node.most is None else str(node.most)
    return Row(f"did:{node.deed}", least=str(node.least), most=most, days=str(node.days or ""))


def _row(data: QueryDict, name: str) -> Row:
    row = Row(what=data.get(f"{name}-what", ""), op=data.get(f"{name}-op", ""))
    given = [str(value) for value in data.getlist(f"{name}-value")]
    attribute = row.attribute
    if attribute and attribute.kind is Kind.WORDS:
        given = [word.strip() for text in given for word in _COMMAS.split(text)]
        given = [word for word in given if word]
    row.values = given
    if attribute and row.op not in attribute.ops:
        row.op = attribute.ops[0].value
    row.least, row.most, row.days = (
        data.get(f"{name}-{part}", "").strip() for part in ("least", "most", "days")
    )
    if row.deed and not (row.least or row.most):
        row.least = "1"
    return row


def _how(text: str | None) -> str:
    return "any" if text == "any" else "all"


def _whole(text: str) -> int:
    """The whole number; anything else is one that `trees.did_of` refuses."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
