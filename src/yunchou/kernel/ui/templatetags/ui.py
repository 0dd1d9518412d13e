"""Template components. Built in: no `{% load %}` needed. `docs/how-to/add-a-page.md` shows them in whole pages.

Signs      icon, glyph, signal, status_dial, pace_bar, money_bar, badge, avatar, avatar_name, count
Words      clause, finding, finding_line, finding_block ... endfinding_block, due, amount
Furniture  crumb, tabs, segmented, filter_chips, sort_head, pager, empty, field, timeline, route, stepper, progress
Forms      once
Scripts    scripts_for "charts" | "gantt" | "select" | "sort"
Filters    money thousands wan percent signed short_date long_date short_time moment date_range ago due bold_numbers

Every tag escapes what it is given. Text arguments may be lazy translations. Levels are
fine | watch | act | unknown; tones are neutral | accent | ok | warn | bad.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import count as counter
from typing import Any

from django import template
from django.contrib.auth import get_user_model
from django.forms import BoundField
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from yunchou.kernel.core.text import listed as as_listed

from .. import formats, glyphs
from ..once import FIELD, new_token
from ..signals import Signal
from ..ways import ways_out

register = template.Library()

_FILTERS: dict[str, Callable[..., Any]] = {
    "money": formats.money,
    "thousands": formats.thousands,
    "wan": formats.wan,
    "percent": formats.percent,
    "signed": formats.signed,
    "short_date": formats.short_date,
    "long_date": formats.long_date,
    "short_time": formats.short_time,
    "moment": formats.moment_text,
    "span_text": formats.span_text,
    "date_range": formats.date_range,
    "ago": formats.ago,
    "due": formats.due,
    "bold_numbers": formats.bold_numbers,
    "weekday": formats.weekday,
}
for _name, _function in _FILTERS.items():
    register.filter(_name, _function)

TONES = frozenset({"neutral", "accent", "ok", "warn", "bad"})
_popover_ids = counter(1)


# ---------------------------------------------------------------- signs


@register.simple_tag
def icon(name: str, size: int = 18, label: Any = "", css: str = "") -> SafeString:
    """`{% icon "home" %}`: a Tabler outline icon; with `label` it speaks for itself, else it is decoration."""
    return _icon(name, size, str(label), css)


@lru_cache(maxsize=1024, typed=True)  # what is marked safe is not what is not
def _icon(name: str, size: int, label: str, css: str) -> SafeString:
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    style = "" if size == 18 else format_html(' style="font-size:{}px"', size)
    return format_html('<i class="ti ti-{}{}"{} {}></i>', name, f" {css}" if css else "", style, said)


@register.simple_tag(name="glyph")
def glyph_tag(level: str) -> SafeString:
    """`{% glyph "watch" %}`: the bare disc, triangle, diamond or ring; a word must stand beside it."""
    return glyphs.glyph(level)


@register.simple_tag
def signal(level: Any, label: Any = "", value: Any = "", size: str = "cell", note: Any = "") -> SafeString:
    """`{% signal "watch" _("Budget") "77.3%" %}`: one health signal; the first argument may be a `ui.signals.Signal`.

    size "cell" shows glyph and value (the label is read out); "line" shows the label too, for page headers;
    the full strip is `{% signal_strip %}`. An empty level leaves room for the glyph, so that columns align.
    """
    if isinstance(level, Signal):
        level, value = level.level, value or level.value
    shown = value if value not in (None, "") else formats.NONE
    return _signal(str(level), str(label), str(shown), size, str(note), str(_level_word(level)))


@lru_cache(maxsize=4096, typed=True)  # many rows say the same; what is marked safe is not what is not
def _signal(level: str, label: str, shown: str, size: str, note: str, word: str) -> SafeString:
    head = format_html('<span class="signal-label">{}</span>', label) if size == "line" and label else ""
    tail = format_html(' <span class="signal-note">{}</span>', note) if note else ""
    return format_html(
        '<span class="signal" data-level="{}" data-size="{}">{}{}<span class="sr">{} {} </span>'
        '<span class="signal-value">{}</span>{}</span>',
        level, size, head, glyphs.glyph(level), "" if size == "line" else label, word, shown, tail,
    )  # fmt: skip


def _level_word(level: str) -> Any:
    return glyphs.LEVELS.get(level, "")


@register.inclusion_tag("ui/parts/signal_strip.html")
def signal_strip(
    level: Any,
    label: Any,
    value: Any = "",
    *,
    how: Any = "",
    part: Any = "",
    reason: Any = "",
    fraction: Any = None,
    expected: Any = None,
    segments: Sequence[str] = (),
    bar: str = "",
    url: str = "",
) -> dict[str, Any]:
    """One of the four signals in full, inside `<div class="signals">`: label, how computed, value, worst part, bar, reason.

    `fraction` and `expected` (0..1) draw the pace bar; `segments` (levels) draws one piece per risk instead; `bar="fine"`
    keeps the bar in the accent colour (money). The first
    argument may be a `ui.signals.Signal`, which brings all but the label.
    """
    if isinstance(level, Signal):
        own = level
        level, value, how, part, reason = own.level, own.value, own.base, own.part, own.reason
        fraction, expected = own.fraction, own.expected
    return {
        "level": level, "word": _level_word(level), "label": label, "value": value, "how": how, "part": part,
        "reason": reason, "fraction": fraction, "expected": expected, "segments": segments, "bar": bar or level, "url": url,
    }  # fmt: skip


@register.simple_tag
def pace_bar(
    fraction: Any, expected: Any = None, level: str = "fine", band: Any = None, label: Any = ""
) -> SafeString:
    """`{% pace_bar 0.56 0.75 "watch" %}`: progress against expected by now (the tick); `band=0.8` shades 80-100 % of it.

    Fractions are of the target and are cut to 0..1; None draws an empty track.
    """
    style = f"--v:{_share(fraction)}%"
    tick = mark_safe("")
    if (share := formats.number(expected)) is not None:
        style += f";--e:{_share(share)}%"
        if (low := formats.number(band)) is not None:
            style += f";--b:{_share(share * low)}%"
            tick = mark_safe('<i class="pace-band"></i>')
        tick += mark_safe('<i class="pace-tick"></i>')
    said = label or formats.percent(fraction)
    return format_html(
        '<span class="pace" data-level="{}" style="{}" role="img" aria-label="{}"><i class="pace-fill"></i>{}</span>',
        level, style, said, tick,
    )  # fmt: skip


def _share(value: Any) -> str:
    """A fraction as percent of a track's width, between 0 and 100."""
    share = formats.number(value) or Decimal(0)
    return f"{max(0, min(100, round(float(share) * 100, 2))):g}"


@register.simple_tag
def money_bar(spent: Any = 0, committed: Any = 0, reserved: Any = 0, total: Any = 0) -> SafeString:
    """Solid spent, mid-tone committed, hatched reserved, track left; in yuan. Over the total, the bar fills the track."""
    parts = [max(Decimal(0), formats.number(part) or Decimal(0)) for part in (spent, committed, reserved)]
    whole = max(formats.number(total) or Decimal(0), sum(parts, Decimal(0)))
    pieces = format_html_join(
        "",
        '<i data-part="{}" style="width:{}%"></i>',
        (
            (name, _share(part / whole) if whole else "0")
            for name, part in zip(("spent", "committed", "reserved"), parts, strict=True)
        ),
    )
    said = gettext("Spent %(spent)s, committed %(committed)s, reserved %(reserved)s of %(total)s") % {
        "spent": formats.money(spent, "short"),
        "committed": formats.money(committed, "short"),
        "reserved": formats.money(reserved, "short"),
        "total": formats.money(total, "short"),
    }
    return format_html('<span class="money-bar" role="img" aria-label="{}">{}</span>', said, pieces)


@register.simple_tag
def status_dial(status: Any, label: Any = "", badge: bool = False) -> SafeString:
    """`{% status_dial c.status c.get_status_display %}`: the life-cycle ring and the word; `badge=True` for page heads."""
    return _status_dial(str(getattr(status, "value", status)), str(label), badge)


@lru_cache(maxsize=256, typed=True)
def _status_dial(key: str, label: str, badge: bool) -> SafeString:
    return format_html(
        '<span class="status{}" data-status="{}">{}{}</span>',
        " badge" if badge else "", key, glyphs.dial(key), label,
    )  # fmt: skip


@register.simple_tag
def badge(text: Any, tone: str = "neutral", icon_name: str = "") -> SafeString:
    """`{% badge _("In force") "ok" %}`: a 20 px label; tone as at the top of this file."""
    sign = icon(icon_name, 14) if icon_name else ""
    return format_html(
        '<span class="badge" data-tone="{}">{}{}</span>', tone if tone in TONES else "neutral", sign, text
    )


@register.filter
def listed(words: Iterable[Any]) -> str:
    """Words one after the other as the reader's language lists them: `a、b` or `a, b`."""
    return as_listed(words)


@register.simple_tag
def count(number: Any, tone: str = "") -> SafeString:
    """A grey count behind a title; tone "bad" for overdue. Nothing for None."""
    return (
        mark_safe("")
        if number is None
        else format_html('<span class="count" data-tone="{}">{}</span>', tone, number)
    )


@register.simple_tag(takes_context=True)
def avatar(context: Context, person: Any, css: str = "") -> SafeString:
    """The surname on one neutral tint, accent when it is the person signed in; a name or None (system) works too."""
    name = _name_of(person)
    surname = getattr(person, "surname", "") or name[:1].upper()
    return format_html(
        '<span class="avatar{}{}" title="{}" aria-hidden="true">{}</span>',
        " is-me" if _is_me(context, person) else "", f" {css}" if css else "", name, surname,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def avatar_name(context: Context, person: Any, note: Any = "") -> SafeString:
    """Avatar, full name and a grey note (a position, 代 刘): `{% avatar_name task.owner _("lead") %}`."""
    tail = format_html(' <span class="note">{}</span>', note) if note else ""
    return format_html(
        '<span class="person">{}<span>{}</span>{}</span>', avatar(context, person), _name_of(person), tail
    )


def _name_of(person: Any) -> str:
    return gettext("System") if person is None else str(person)


def _is_me(context: Context, person: Any) -> bool:
    me = getattr(context.get("request"), "user", None) or context.get("user")
    own = getattr(me, "pk", None)
    return own is not None and own == getattr(person, "pk", None) and isinstance(person, get_user_model())


# ---------------------------------------------------------------- words


@register.simple_tag
def clause(rule_id: Any = "", clause_text: Any = "", text: Any = "") -> SafeString:
    """`{% clause "R-BUD-03" "004 二(三)" %}`: where a rule comes from; opens the rule, or `text` in a popover."""
    words = " · ".join(str(part) for part in (rule_id, clause_text) if part)
    if not words:
        return mark_safe("")
    face = format_html("{}<span>{}</span>", icon("book-2", 14), words)
    if url := _rule_url(str(rule_id)):
        return format_html('<a class="clause" href="{}">{}</a>', url, face)
    if not text:
        return format_html('<span class="clause">{}</span>', face)
    key = f"clause-{next(_popover_ids)}"
    return format_html(
        '<button type="button" class="clause" popovertarget="{}">{}</button>'
        '<span class="popover clause-text" id="{}" popover><b>{}</b>{}</span>',
        key, face, key, words, text,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _rule_url(rule_id: str) -> str:
    """The address of a rule in the rulebook, or nothing where there is none."""
    if not rule_id:
        return ""
    try:
        return reverse("rulebook:rule_detail", args=[rule_id])
    except NoReverseMatch:
        return ""


@register.inclusion_tag("ui/parts/finding.html")
def finding(verdict: Any) -> dict[str, Any]:
    """The card of a rule finding: severity edge, sentence, clause, smallest fix.

    `verdict` has severity (block, need_approval, warn, remind, granted), reason, rule_id, clause, fix_text, comment.
    """
    return _finding(verdict)


@register.simple_block_tag(takes_context=True)
def finding_block(context: Context, content: str, verdict: Any) -> str:
    """Like `finding`, with its buttons: `{% finding_block v %}<button class="btn primary small">…{% endfinding_block %}`."""
    engine = context.template.engine if context.template else template.Engine.get_default()
    return engine.get_template("ui/parts/finding.html").render(
        Context({**_finding(verdict), "actions": content})
    )


@register.inclusion_tag("ui/parts/finding_line.html")
def finding_line(verdict: Any, url: str = "") -> dict[str, Any]:
    """A rule finding one line high, for toolbars above a table or chart."""
    return {**_finding(verdict), "url": url}


def _finding(verdict: Any) -> dict[str, Any]:
    get = (
        verdict.get
        if isinstance(verdict, Mapping)
        else lambda name, default="": getattr(verdict, name, default)
    )
    severity = get("severity", "warn")
    severity = str(getattr(severity, "value", severity))
    return {
        "severity": severity,
        "level": glyphs.level_of(severity),
        "word": gettext("exception granted")
        if severity == "granted"
        else _level_word(glyphs.level_of(severity)),
        "reason": get("reason", ""),
        "rule_id": get("rule_id", ""),
        "clause": get("clause", ""),
        "fix_text": get("fix_text", "") or "",
        "comment": get("comment", "") or "",
        "ways": ways_out(getattr(verdict, "verdict", verdict)),
    }


@register.simple_tag(name="due")
def due_tag(at: Any, done: bool = False) -> SafeString:
    """`{% due duty.due_at %}`: when something is owed, with its glyph; a finished duty keeps the words, not the alarm."""
    state = formats.due(at)
    return signal("" if done else state.level, "", state.text)


@register.simple_tag
def amount(value: Any, form: str = "") -> str:
    """`{% amount line.left %}` in a table cell: thousands with a true minus, zero in grey. form "signed" adds a plus."""
    text = formats.signed(value) if form == "signed" else formats.thousands(value)
    return format_html('<span class="zero">{}</span>', text) if not formats.number(value) else text


# ---------------------------------------------------------------- furniture


@register.simple_tag
def crumb(label: Any, url: str = "") -> SafeString:
    """One step of the `crumbs` block; the last one has no address."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li aria-current="page">{}</li>', label)


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Iterable[Any], label: Any = "", css: str = "") -> dict[str, Any]:
    """Tabs of a page or saved views of a list. Items have label, url, active and, if wanted, count, level, note.

    `css` "below" draws the second row of a page's tabs.
    """
    return {"items": items, "label": label, "css": css}


@register.inclusion_tag("ui/parts/segmented.html")
def segmented(items: Iterable[Any], label: Any = "") -> dict[str, Any]:
    """Views of the same data: items have label, url, active and, if wanted, icon, count."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/filter_chips.html")
def filter_chips(chips: Iterable[Any]) -> dict[str, Any]:
    """Filters in force: chips have label, value, remove_url."""
    return {"chips": chips}


@register.simple_tag(takes_context=True)
def sort_head(context: Context, label: Any, key: str, css: str = "", default: str = "") -> SafeString:
    """A table head that sorts by `?sort=key` or `?sort=-key`; `default` is the order when nothing is asked."""
    request = context["request"]
    now = request.GET.get("sort", default)
    query = request.GET.copy()
    query["sort"] = f"-{key}" if now == key else key
    query.pop("after", None)
    query.pop("before", None)
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    arrow = icon("arrow-up" if state == "ascending" else "arrow-down", 13, css="sort-arrow") if state else ""
    said = format_html(' aria-sort="{}"', state) if state else ""
    return format_html(
        '<th scope="col" class="{}"{}><a class="sort" href="?{}">{}{}</a></th>',
        css,
        said,
        query.urlencode(),
        label,
        arrow,
    )


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: Context, page: Any, keys: bool = True) -> dict[str, Any]:
    """The foot of a list: "第 1–50 项，共 812 项", previous, next, and the keys. `page` comes from `ui.paging.paginate`."""
    request = context["request"]

    def address(name: str, cursor: str) -> str:
        query = request.GET.copy()
        query.pop("after", None)
        query.pop("before", None)
        query[name] = cursor
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "keys": keys,
        "previous_url": address("before", page.previous) if page.previous else "",
        "next_url": address("after", page.next) if page.next else "",
    }


@register.inclusion_tag("ui/parts/empty.html")
def empty(
    icon_name: str,
    title: Any,
    text: Any = "",
    action_url: str = "",
    action_label: Any = "",
    second_url: str = "",
    second_label: Any = "",
) -> dict[str, Any]:
    """An empty state: what is missing, one fact that helps, one primary action."""
    return {
        "icon_name": icon_name, "title": title, "text": text, "action_url": action_url, "action_label": action_label,
        "second_url": second_url, "second_label": second_label,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/field.html")
def field(
    bound: BoundField,
    *,
    suffix: Any = "",
    hint: Any = "",
    label: Any = "",
    wide: bool = False,
    placeholder: Any = "",
    css: str = "",
) -> dict[str, Any]:
    """`{% field form.amount suffix=_("yuan") %}`: label above, control, hint or error with its rule's number.

    An error's code that begins with "R-" is shown behind it. Dates show their weekday. `wide` spans the form.
    """
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "") or (
        "textarea" if hasattr(widget, "attrs") and "rows" in widget.attrs else ""
    )
    attrs: dict[str, Any] = {"aria-invalid": "true"} if bound.errors else {}
    if placeholder:
        attrs["placeholder"] = placeholder
    if kind == "date":
        attrs["data-weekday"] = ""
    if kind == "textarea" and not str(widget.attrs.get("rows", "")).isdigit():
        attrs["rows"] = 3
    day = formats.as_day(bound.value()) if kind == "date" else None
    return {
        "bound": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "suffix": suffix,
        "errors": _errors(bound),
        "wide": wide,
        "css": css,
        "weekday": formats.weekday(day) if day else "",
        "grouped": bound.use_fieldset,
        "tag": "fieldset" if bound.use_fieldset else "div",
    }


def _errors(bound: BoundField) -> list[tuple[str, str]]:
    """Each message with the rule that speaks, if one does."""
    found: list[tuple[str, str]] = []
    for error in bound.form.errors.get(bound.name, bound.errors).as_data() if bound.errors else ():
        code = str(error.code or "")
        found += [(str(message), code if code.startswith("R-") else "") for message in error.messages]
    return found


@register.inclusion_tag("ui/parts/timeline.html", takes_context=True)
def timeline(context: Context, entries: Iterable[Any]) -> dict[str, Any]:
    """What happened: entries have actor (or None), verb, at, and, if wanted, elapsed, text, note (代 刘), pending."""
    return {"entries": entries, "request": context.get("request")}


@register.inclusion_tag("ui/parts/route.html", takes_context=True)
def route(context: Context, steps: Iterable[Any]) -> dict[str, Any]:
    """An approval route: steps have person (user, name or None), name, caption and state done | now | todo."""
    return {"steps": steps, "request": context.get("request")}


@register.inclusion_tag("ui/parts/stepper.html")
def stepper(labels: Sequence[Any], current: int) -> dict[str, Any]:
    """Numbered steps of a guided form; `current` counts from 1."""
    return {"steps": [(n, label, (n > current) - (n < current)) for n, label in enumerate(labels, 1)]}


@register.inclusion_tag("ui/parts/progress.html")
def progress(job: Any, url: str = "") -> dict[str, Any]:
    """Long work as a line: `job` has label, percent (None: unknown), is_done, message. With `url` it asks every second."""
    return {"job": job, "url": url}


# ---------------------------------------------------------------- forms


@register.simple_tag(name="once")
def once_tag() -> SafeString:
    """The token of a form that does its work once, see `ui.once`."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_token())


# ---------------------------------------------------------------- scripts

_BUNDLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "charts": ((), ("vendor/echarts/echarts.min.js", "ui/charts.js")),
    "gantt": (
        ("vendor/dhtmlx-gantt/dhtmlxgantt.css", "ui/css/gantt.css"),
        ("vendor/dhtmlx-gantt/dhtmlxgantt.js", "ui/gantt.js"),
    ),
    "select": ((), ("vendor/tom-select/tom-select.complete.min.js", "ui/select.js")),
    "sheet": (("ui/css/sheet.css",), ("ui/sheet.js",)),
    "sort": ((), ("vendor/sortablejs/Sortable.min.js", "ui/sort.js")),
}


@register.simple_tag
def scripts_for(*names: str) -> SafeString:
    """`{% scripts_for "charts" "select" %}` in the `scripts` block: the libraries a page needs and our reading of them."""
    styles = [path for name in names for path in _BUNDLES[name][0]]
    scripts = [path for name in names for path in _BUNDLES[name][1]]
    links = format_html_join("", '<link rel="stylesheet" href="{}">', ((static(path),) for path in styles))
    return links + format_html_join(
        "", '<script src="{}" defer></script>', ((static(path),) for path in scripts)
    )
