"""The form of one row: a field for each column. What is typed is read by the columns, not by these fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import colleagues
from yunchou.kernel.subjects.models import Subject

from .cells import shown
from .columns import Column, Money
from .pickers import people_url
from .table import Table
from .typed import form_text, typed_wrong
from .values import TEAM, Context

SEPARATOR = "、"
"""Between people in one field."""


class Suggested(forms.TextInput):
    """A text field with a list of words to choose from."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self.words = words

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        key = f"{(attrs or {}).get('id', name)}_words"
        options = format_html_join("", '<option value="{}"></option>', ((word,) for word in self.words))
        field = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, key, options)


class CellField(forms.Field):
    """One cell; its text is read by the column later on. Several choices are one text with `between` between them."""

    def __init__(self, *, between: str = SEPARATOR, **more: Any) -> None:
        super().__init__(**more)
        self.between = between

    def clean(self, value: Any) -> str:
        return self.between.join(value) if isinstance(value, list) else str(value or "")


class RowForm(forms.Form):
    """The columns of a table as fields, filled with a row; `only` for a part of them (stated totals)."""

    use_required_attribute = False

    def __init__(
        self,
        table: Table[Any],
        row: Any,
        subject: Subject,
        ctx: Context,
        data: Any = None,
        *,
        only: Iterable[str] | None = None,
        prefix_id: str = "",
        is_total: bool = False,
    ) -> None:
        super().__init__(data, auto_id=f"{prefix_id or table.key}_%s")
        self.table, self.row, self.ctx = table, row, ctx
        people = _People(subject, ctx)
        for key, column in table.by_key.items():
            if only is not None and key not in only:
                continue
            text = form_text(table, row, key, ctx)
            widget = _widget(column, text, people)
            multiple = isinstance(widget, forms.SelectMultiple | forms.CheckboxSelectMultiple)
            between = "\n" if column.widget == "checks" else SEPARATOR
            self.fields[key] = CellField(
                between=between,
                label=str(column.label),
                help_text=str(column.hint),
                required=column.required and not is_total,
                widget=widget,
                initial=[part for part in text.split(between) if part] if multiple else text,
            )

    @property
    def cells(self) -> dict[str, str]:
        """What was typed, by column key."""
        self.full_clean()
        return dict(self.cleaned_data)

    def show(self, errors: Mapping[str, Text]) -> None:
        """Put messages beside their fields."""
        self.full_clean()
        for key, text in errors.items():
            self.add_error(key if key in self.fields else None, str(text))

    def show_stored(self) -> None:
        """Say beside each field that differs what is stored now."""
        typed, told = self.cells, {}
        for key in self.fields:
            now = form_text(self.table, self.row, key, self.ctx)
            if typed[key].strip() != now:
                value = getattr(self.row, key)
                words = str(self.table.by_key[key].display(value, self.ctx))
                told[key] = gettext("Stored now: %(text)s") % {"text": words or "—"}
        self.show(told)

    @property
    def drawn(self) -> list[tuple[Any, bool, str]]:
        """Each field with whether it takes the whole width and what stands behind it."""
        return [
            (
                self[key],
                isinstance(field.widget, forms.Textarea),
                gettext("yuan") if isinstance(self.table.by_key[key], Money) else "",
            )
            for key, field in self.fields.items()
        ]


class YuanField(forms.CharField):
    """An amount in a form that is no table, read like a cell: `12,000`, `1.2万`, `¥500`; cleans to a `Decimal` or None.

    Refuses what cells refuse, and more than two decimal places.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "decimal", "class": "num"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        parsed = Money("amount", "金额", "").parse(text)
        if parsed.findings and (wrong := typed_wrong(parsed.findings)):
            raise forms.ValidationError(str(wrong.message), code=wrong.code)
        return parsed.value

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) else value


class ReasonForm(forms.Form):
    """Why a finding is confirmed, or why an exception is asked for."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class _People:
    """The choices of person fields, read once a form and only when it has one."""

    def __init__(self, subject: Subject, ctx: Context) -> None:
        self.subject, self.ctx = subject, ctx
        self._choices: list[tuple[str, str]] | None = None

    @property
    def choices(self) -> list[tuple[str, str]]:
        if self._choices is None:
            members = User.objects.active().filter(memberships__subject=self.subject)
            found = {
                each
                for near in (colleagues(self.subject.unit), members)
                for each in near.values_list("pk", "name")
            }
            self._choices = [(str(pk), name) for pk, name in sorted(found, key=lambda one: one[1])]
        return self._choices

    def including(self, texts: Iterable[str]) -> list[tuple[str, str]]:
        """The choices, the whole team, and whoever already stands there."""
        known = [*self.choices, (TEAM.name, gettext("Whole team"))]
        keys = {key for key, _name in known}
        missing = [text for text in texts if text and text not in keys]
        return known + [(text, self._name(text)) for text in missing]

    def _name(self, text: str) -> str:
        return (self.ctx.names(int(text)) if text.isdecimal() and self.ctx.names else text) or text


def _widget(column: Column[Any], text: str, people: _People) -> forms.Widget:
    """The control that fits the column."""
    match column.widget:
        case "textarea":
            return forms.Textarea(attrs={"rows": min(8, max(2, text.count("\n") + 1))})
        case "select":
            words = [*column.options(), *([text] if text and text not in column.options() else [])]
            return forms.Select(choices=[("", "—"), *((word, word) for word in words)])
        case "checks":
            return forms.CheckboxSelectMultiple(choices=[(word, word) for word in _checks(column, text)])
        case "person":
            choices = [("", "—"), *people.including([text])]
            return forms.Select(attrs=_picker(), choices=choices)
        case "people":
            return forms.SelectMultiple(attrs=_picker(), choices=people.including(text.split(SEPARATOR)))
        case "date" if not text or _is_iso(column, text):
            return _Day()
        case "money" | "number":
            return forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})
        case _:
            return Suggested(column.options()) if column.options() else forms.TextInput()


def _checks(column: Column[Any], text: str) -> list[str]:
    """The words to tick, and what stands there though it is none of them."""
    return list(dict.fromkeys([*column.options(), *filter(None, text.split("\n"))]))


class _Day(forms.DateInput):
    input_type = "date"


def _is_iso(column: Column[Any], text: str) -> bool:
    return shown(column.write(column.parse(text).value)) == text


def _picker() -> dict[str, str]:
    url = people_url()
    return {"data-pick": "", **({"data-pick-url": url} if url else {})}
