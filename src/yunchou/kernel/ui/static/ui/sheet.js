// A drawn sheet: the bar shows the cell in hand; N and P (or [data-finding-step]) go from finding to finding.
(() => {
  "use strict";
  const sheet = document.querySelector(".sheet");
  if (!sheet) return;
  const bar = { cell: document.querySelector("[data-sheet-cell]"), text: document.querySelector("[data-sheet-text]") };
  const items = [...document.querySelectorAll(".import-items > li[data-cell]")];
  let at = -1;
  function hold(cell) {
    document.querySelectorAll(".sheet td.is-shown").forEach((other) => other.classList.remove("is-shown"));
    if (!cell) return;
    cell.classList.add("is-shown");
    bar.cell.textContent = cell.id;
    bar.text.textContent = cell.querySelector("div").textContent;
  }
  function show(n) {
    at = n;
    items.forEach((item, other) => item.classList.toggle("is-shown", other === n));
    const cell = document.getElementById(items[n].dataset.cell);
    hold(cell);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    items[n].scrollIntoView({ block: "nearest", behavior: calm });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: calm });
  }
  function step(by) {
    if (items.length) show((at + by + items.length) % items.length);
  }
  document.querySelectorAll("[data-finding-step]").forEach((button) => {
    button.addEventListener("click", () => step(at < 0 && Number(button.dataset.findingStep) < 0 ? 0 : Number(button.dataset.findingStep)));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const by = { n: 1, p: -1 }[event.key.toLowerCase()];
    if (by) { event.preventDefault(); step(by); }
  });
  sheet.addEventListener("click", (event) => {
    const badge = event.target.closest(".sheet-badge"), cell = event.target.closest("td[id]");
    if (badge) {
      const n = items.findIndex((item) => `#${item.id}` === badge.getAttribute("href"));
      if (n >= 0) { event.preventDefault(); show(n); }
    }
    hold(cell);
  });
  document.querySelector(".import-items")?.addEventListener("click", (event) => {
    const name = event.target.closest("a.cell-name[href^='#']");
    const n = name ? items.indexOf(name.closest("li")) : -1;
    if (n >= 0) { event.preventDefault(); show(n); }
  });
  const asked = location.hash.slice(1);
  const first = asked ? items.findIndex((item) => item.dataset.cell === asked || item.id === asked) : 0;
  if (first >= 0 && items.length) { at = first; items[first].classList.add("is-shown"); hold(document.getElementById(items[first].dataset.cell)); }
  else if (asked) hold(sheet.querySelector(`td[id="${CSS.escape(asked)}"]`));
})();
