// A drawn sheet: the bar shows the cell in hand; N and P (or [data-finding-step]) go from finding to finding and unfold
// its choices. The page is drawn anew after every choice, so all is looked up when it is needed.
(() => {
  "use strict";
  if (!document.querySelector(".sheet")) return;
  const one = (selector) => document.querySelector(selector);
  const items = () => [...document.querySelectorAll(".import-items > li[data-cell]")];
  const scrolled = [".import-items", ".sheet-scroll", ".sheet-tabs"];
  let at = -1;
  let kept = null;
  function hold(cell) {
    document.querySelectorAll(".sheet td.is-shown").forEach((other) => other.classList.remove("is-shown"));
    if (!cell) return;
    cell.classList.add("is-shown");
    const now = cell.querySelector("ins") ?? cell.querySelector("div");
    one("[data-sheet-cell]").textContent = cell.id;
    one("[data-sheet-text]").textContent = now.textContent;
  }
  function mark(n, list = items()) {
    at = n;
    list.forEach((item, other) => item.classList.toggle("is-shown", other === n));
    hold(list[n] && document.getElementById(list[n].dataset.cell));
  }
  function unfold(item) {
    document.querySelectorAll(".import-choices[open]").forEach((other) => { other.open = item.contains(other); });
    const choices = item.querySelector(".import-choices");
    if (choices) choices.open = true;
  }
  function show(n) {
    const list = items(), item = list[n];
    mark(n, list);
    unfold(item);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    item.scrollIntoView({ block: "nearest", behavior: calm });
    document.getElementById(item.dataset.cell)?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: calm });
  }
  function reveal(item) {  // within the list only: the page itself stays where it is
    const box = one(".import-items"), rest = item.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom;
    if (box.scrollHeight > box.clientHeight && rest > 0) box.scrollTop += Math.min(rest, item.offsetTop - box.offsetTop - box.scrollTop);
  }
  function step(by) {
    const count = items().length;
    if (!count) return;
    show(at < 0 && by < 0 ? 0 : (at + by + count) % count);
    const item = items()[at];
    (item.querySelector(".import-choices > summary") ?? item.querySelector("a.cell-name"))?.focus({ preventScroll: true });
  }
  document.addEventListener("keydown", (event) => {
    const typing = "input:not([type='radio']), select, textarea, [contenteditable], dialog";
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(typing)) return;
    const by = { n: 1, p: -1 }[event.key.toLowerCase()];
    if (by) { event.preventDefault(); step(by); }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-finding-step]"), badge = event.target.closest(".sheet-badge");
    const cell = event.target.closest(".sheet td[id]"), name = event.target.closest(".import-items a.cell-name[href^='#']");
    const summary = event.target.closest(".import-choices > summary");
    if (button) step(Number(button.dataset.findingStep));
    else if (badge || name || summary) {
      const list = items();
      const n = badge ? list.findIndex((item) => `#${item.id}` === badge.getAttribute("href")) : list.indexOf((name ?? summary).closest("li"));
      if (n >= 0 && summary) mark(n, list);
      else if (n >= 0) { event.preventDefault(); show(n); }
      if (badge) hold(cell);
    } else if (cell) hold(cell);
  });
  document.addEventListener("htmx:beforeSwap", () => {
    kept = scrolled.map((selector) => [selector, one(selector)?.scrollTop, one(selector)?.scrollLeft]);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!kept) return;
    for (const [selector, top, left] of kept) one(selector)?.scrollTo({ top, left, behavior: "instant" });
    kept = null;
    const list = items();
    const opened = list.findIndex((item) => item.querySelector(".import-choices[open]"));
    if (opened >= 0) { mark(opened, list); reveal(list[opened]); }
    else if (at >= 0) mark(Math.min(at, list.length - 1), list);
  });
  const asked = location.hash.slice(1), list = items();
  const first = asked ? list.findIndex((item) => item.dataset.cell === asked || item.id === asked) : 0;
  if (first >= 0 && list.length) {
    mark(first, list);
    if (!matchMedia("(max-width: 767px)").matches) unfold(list[first]);
  } else if (asked) hold(one(`.sheet td[id="${CSS.escape(asked)}"]`));
})();
