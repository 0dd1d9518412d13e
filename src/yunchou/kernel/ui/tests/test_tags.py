"""The components: what they say, what they escape, what they do with nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from yunchou.kernel.core.text import say
from yunchou.kernel.ui import glyphs
from yunchou.kernel.ui.signals import Level, Signal

Show = Callable[..., str]


@pytest.mark.parametrize("level", ["fine", "watch", "act", "unknown"])
def test_signal_says_its_level_in_shape_and_word(show: Show, level: str) -> None:
    html = show('{% signal level "预算" "77.3%" %}', level=level)
    assert f'class="glyph" data-level="{level}"' in html
    assert f"预算 {glyphs.LEVELS[level]}" in html
    assert "77.3%" in html


def test_signal_takes_a_computed_signal_and_survives_nothing(show: Show) -> None:
    own = Signal(Level.ACT, say("晚 3 天"))
    assert 'data-level="act"' in show('{% signal own "进度" %}', own=own)
    assert "—" in show('{% signal "" "x" None %}')


def test_signal_strip_draws_bar_or_segments(show: Show) -> None:
    assert 'style="--v:56%;--e:75%"' in show(
        '{% signal_strip "watch" "目标" "74.7%" fraction=0.56 expected=0.75 %}'
    )
    assert (
        show('{% signal_strip "watch" "风险" "1 / 4" segments=s %}', s=["watch", "unknown"]).count(
            "<i data-level"
        )
        == 2
    )


@pytest.mark.parametrize(
    ("fraction", "width"), [(None, "0"), (-1, "0"), (0.5, "50"), (1.4, "100"), ("0.3333", "33.33")]
)
def test_pace_bar_stays_in_its_track(show: Show, fraction: Any, width: str) -> None:
    assert f"--v:{width}%" in show("{% pace_bar fraction %}", fraction=fraction)


def test_money_bar_splits_the_total_and_survives_zero_and_overdraft(show: Show) -> None:
    assert "width:50%" in show("{% money_bar 50 25 0 100 %}")
    assert "width:0%" in show("{% money_bar 0 0 0 0 %}")
    assert "width:75%" in show("{% money_bar 150 50 0 100 %}")
    assert "width:0%" in show("{% money_bar None -5 0 100 %}")


@pytest.mark.parametrize("status", glyphs.STATUSES)
def test_status_dial_has_a_drawing_for_every_status(show: Show, status: str) -> None:
    html = show('{% status_dial status "执行" %}', status=status)
    assert f'data-status="{status}"' in html
    assert "执行" in html


def test_an_unknown_status_is_an_empty_ring(show: Show) -> None:
    assert 'class="pie"' not in show('{% status_dial "planning" "策划" %}')


def test_text_is_escaped(show: Show) -> None:
    bad = "<script>"
    for source in (
        "{% badge bad %}",
        "{% signal 'fine' bad bad %}",
        "{% clause bad bad bad %}",
        "{% avatar_name bad bad %}",
        "{% status_dial bad bad %}",
        "{% crumb bad bad %}",
        "{% icon bad label=bad %}",
        "{% empty 'x' bad bad bad bad %}",
        "{% finding v %}{% finding_line v %}",
    ):
        verdict = {
            "severity": "block",
            "reason": bad,
            "rule_id": bad,
            "clause": bad,
            "fix_text": bad,
            "comment": bad,
        }
        assert bad not in show(source, bad=bad, v=verdict), source


@pytest.mark.urls("yunchou.kernel.ui.tests.no_urls")
def test_clause_without_a_rulebook_is_text_or_popover(show: Show) -> None:
    assert show('{% clause "R-X-1" "004 二(三)" %}').startswith('<span class="clause">')
    assert "popovertarget" in show('{% clause "R-X-1" "004 二(三)" "原文" %}')
    assert show('{% clause "" "" %}') == ""


@pytest.mark.urls("yunchou.kernel.ui.tests.rulebook_urls")
def test_clause_opens_the_rule_where_there_is_a_rulebook(show: Show) -> None:
    assert 'href="/rulebook/R-LINK-1/"' in show('{% clause "R-LINK-1" "004" %}')


def test_finding_names_reason_clause_fix_and_actions(show: Show) -> None:
    verdict = SimpleNamespace(
        severity="block",
        reason="备用金占 7.35%",
        rule_id="R-BUD-03",
        clause="004 二(三)",
        fix_text="备用金 +2,000",
        comment="",
    )
    html = show("{% finding_block v %}<button>按此调整</button>{% endfinding_block %}", v=verdict)
    assert 'data-level="act"' in html
    assert "<b>7.35%</b>" in html
    assert "最小修改" in html
    assert "<button>按此调整</button>" in html
    assert 'data-level="unknown"' in show(
        "{% finding v %}", v={"severity": "granted", "reason": "x", "comment": "同意"}
    )


def test_avatar_marks_me_and_names_the_system(show: Show, make_request: Callable[..., HttpRequest]) -> None:
    from django.contrib.auth import get_user_model

    me = get_user_model()(pk=7, username="zhang", name="张伟")
    other = get_user_model()(pk=8, username="li", name="李娜")
    request = make_request(user=me)
    assert "is-me" in show("{% avatar who %}", who=me, request=request)
    assert "is-me" not in show("{% avatar who %}", who=other, request=request)
    assert "张</span>" in show("{% avatar who %}", who=me)
    assert "系统" in show("{% avatar_name None %}")


def test_amount_greys_zero(show: Show) -> None:
    assert show("{% amount 0 %}") == '<span class="zero">0</span>'
    assert show("{% amount v 'signed' %}", v=-20) == "−20"


class Line(forms.Form):
    amount = forms.DecimalField(label="金额", help_text="含税")
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea)
    on = forms.DateField(label="日期", initial="2024-08-02", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="类型", choices=[("a", "营销")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="同意", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_field_shows_label_hint_and_optional(show: Show) -> None:
    html = show('{% field f.amount suffix="元" %}{% field f.note %}', f=Line())
    assert '<label for="id_amount">金额</label>' in html
    assert "含税" in html
    assert '<span class="affix">元</span>' in html
    assert "选填" in html


def test_field_shows_the_rule_behind_an_error(show: Show) -> None:
    form = Line({"amount": "5000"})
    form.add_error("amount", ValidationError("至少 7,000 元。", code="R-BUD-03"))
    html = show("{% field f.amount %}", f=form)
    assert "至少 7,000 元。 R-BUD-03" in html
    assert 'id="id_amount_error"' in html
    assert 'aria-invalid="true"' in html
    assert "含税" not in html


def test_field_suits_each_kind(show: Show) -> None:
    assert "<fieldset" in show("{% field f.kind %}", f=Line())
    assert 'class="check"' in show("{% field f.agreed %}", f=Line())
    assert 'data-weekday-of="id_on"' in show("{% field f.on %}", f=Line())
    assert show("{% field f.secret %}", f=Line()).startswith('<input type="hidden"')


def test_sort_head_turns_round_and_forgets_the_page(
    show: Show, make_request: Callable[..., HttpRequest]
) -> None:
    html = show('{% sort_head "金额" "amount" "num" %}', request=make_request("/?sort=amount&after=x&q=a"))
    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=-amount&amp;q=a"' in html


def test_pager_counts_and_keeps_the_filters(show: Show, make_request: Callable[..., HttpRequest]) -> None:
    page = SimpleNamespace(rows=[1], first=51, last=100, total=1812, previous="p", next="")
    html = show("{% pager page %}", page=page, request=make_request("/?q=a&after=z"))
    assert "第 51–100 项" in html
    assert "1,812" in html
    assert 'href="?q=a&amp;before=p"' in html
    assert 'aria-disabled="true"' in html


def test_scripts_for_lists_styles_before_scripts(show: Show) -> None:
    html = show('{% scripts_for "gantt" %}')
    assert html.index("dhtmlxgantt.css") < html.index("dhtmlxgantt.js") < html.index("ui/gantt.js")
    with pytest.raises(KeyError):
        show('{% scripts_for "unknown" %}')


def test_progress_asks_until_done(show: Show) -> None:
    assert "every 1s" in show(
        '{% progress job "/x/" %}', job={"label": "导出", "percent": 62, "is_done": False}
    )
    assert "every 1s" not in show(
        '{% progress job "/x/" %}', job={"label": "导出", "percent": 100, "is_done": True}
    )
