"""Selects are drawn as Django draws them, only faster."""

from __future__ import annotations

import pytest
from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import DjangoTemplates
from django.utils.translation import override

from yunchou.kernel.ui.form_renderer import FormRenderer

FLAT = [("", "—"), (1, "华东 <区域>"), ("b&c", 'say "so"')]
GROUPED = [("", "—"), ("City & land", [("sh", "上海"), ("hz", "杭州")]), ("z", "Other")]


@pytest.mark.parametrize("choices", [[], FLAT, GROUPED])
@pytest.mark.parametrize("value", ["", 1, "b&c", "hz"])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect])
def test_a_select_is_what_django_writes(choices: list[object], value: object, widget: type) -> None:
    drawn = widget({"data-pick": "", "required": True, "disabled": False, "title": "<&>"})
    if widget is not forms.NullBooleanSelect:
        drawn.choices = choices
    given = [value] if widget is forms.SelectMultiple else value
    ours = drawn.render("unit", given, renderer=FormRenderer())
    assert ours == drawn.render("unit", given, renderer=DjangoTemplates())


def test_options_keep_their_own_attributes() -> None:
    class Found(forms.Select):
        def create_option(self, *args: object, **kwargs: object) -> dict[str, object]:
            option = super().create_option(*args, **kwargs)  # type: ignore[arg-type]
            return option | {"attrs": option["attrs"] | {"data-search": "hua<dong", "hidden": True}}

    drawn = Found(choices=FLAT)
    ours = drawn.render("unit", 1, renderer=FormRenderer())
    assert ours == drawn.render("unit", 1, renderer=DjangoTemplates())
    assert 'data-search="hua&lt;dong"' in ours


def test_everything_else_is_left_to_django() -> None:
    ours = forms.TextInput({"type": "month"}).render("ends", "2024-08", renderer=FormRenderer())
    assert ours == '<input type="month" name="ends" value="2024-08">'


@pytest.mark.parametrize(("is_required", "words"), [(True, "请选择"), (False, "—")])
def test_no_choice_is_said_in_words(is_required: bool, words: str) -> None:
    field = forms.ChoiceField(choices=[*BLANK_CHOICE_DASH, ("sh", "上海")], required=is_required)
    with override("zh-hans"):
        ours = field.widget.render("unit", "", renderer=FormRenderer())
    assert f'<option value="" selected>{words}</option>' in ours
    assert "---" not in ours
