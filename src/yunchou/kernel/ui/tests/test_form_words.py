"""One voice: what forms say of a field are the sentences of the product, never Django's."""

from __future__ import annotations

import pytest
from django import forms
from django.utils.translation import override

from ..form_words import FIELDS


class Everything(forms.Form):
    amount = forms.DecimalField(max_digits=5, decimal_places=2, min_value=1)
    count = forms.IntegerField(max_value=9)
    word = forms.CharField(min_length=2, max_length=3)
    day = forms.DateField()
    kind = forms.TypedChoiceField(choices=[("a", "A")])
    kinds = forms.MultipleChoiceField(choices=[("a", "A")])
    upload = forms.FileField()


FAULTS = (
    ({}, {"amount": "此项必填。", "word": "此项必填。", "kinds": "此项必填。", "upload": "请选择文件。"}),
    ({"amount": "1.234"}, {"amount": "最多 2 位小数。"}),
    ({"amount": "99999"}, {"amount": "数字过大。"}),
    ({"amount": "0"}, {"amount": "不得小于 1。"}),
    ({"amount": "x", "count": "1.5"}, {"amount": "这不是单纯的数字。", "count": "此处须为整数。"}),
    ({"count": "10"}, {"count": "不得大于 9。"}),
    ({"word": "四个字呢"}, {"word": "最多 3 个字，现有 4 个字。"}),
    ({"word": "一"}, {"word": "至少 2 个字，现有 1 个字。"}),
    ({"day": "昨天", "kind": "b"}, {"day": "这不是日期。", "kind": "请从列出的选项中选择。"}),
    ({"kinds": ["b"]}, {"kinds": "请从列出的选项中选择。"}),
)


@pytest.mark.once
def test_forms_speak_the_words_of_the_product() -> None:
    with override("zh-hans"):
        for typed, said in FAULTS:
            errors = Everything(typed).errors
            assert {name: errors[name][0] for name in said} == said
    with override("en"):
        assert Everything({"amount": "1.234"}).errors["amount"] == ["At most 2 decimal places."]
    # What is put into place stays beside the faults that a field has of its own.
    assert set(forms.FileField.default_error_messages) > set(FIELDS[forms.FileField])
