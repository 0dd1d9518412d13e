// `select[data-pick]` becomes a field one can type into: names, pinyin and initials (data-search on the options).
// With data-pick-url the choices come from the server: [{value, text, note}] for the words typed. They are names of people, so they
// are posted: an address is kept by histories and logs.
(() => {
  "use strict";
  const remote = (select) => (query, done) =>
    fetch(select.dataset.pickUrl, { method: "POST", body: new URLSearchParams({ q: query }), headers: { Accept: "application/json", "X-CSRFToken": window.yunchou.csrf() } })
      .then((answer) => answer.json()).then((data) => done(data.results ?? data)).catch(() => done());

  // The list stands over everything, dialogs included, whose edge would cut it off: below its field, or above where there is more room.
  const GAP = 4, EDGE = 8, MOST = 250;

  function place(field) {
    const { control, dropdown, dropdown_content: content } = field;
    const at = control.getBoundingClientRect();
    const height = window.visualViewport?.height ?? innerHeight;
    const [above, below] = [at.top - GAP - EDGE, height - at.bottom - GAP - EDGE];
    const isBelow = below >= Math.min(MOST, dropdown.scrollHeight) || below >= above;
    dropdown.style.left = `${at.left}px`;
    dropdown.style.width = `${at.width}px`;
    dropdown.style.top = isBelow ? `${at.bottom + GAP}px` : "auto";
    dropdown.style.bottom = isBelow ? "auto" : `${innerHeight - at.top + GAP}px`;
    content.style.maxHeight = `${Math.max(80, Math.min(MOST, isBelow ? below : above) - 12)}px`;
  }

  const placeOpen = () => document.querySelectorAll(".ts-wrapper.dropdown-active").forEach((box) => box.previousElementSibling?.tomselect?.positionDropdown());
  document.addEventListener("scroll", (event) => { if (!event.target.closest?.(".ts-dropdown")) placeOpen(); }, true);
  addEventListener("resize", placeOpen);

  function enhance(select) {
    if (select.tomselect) return;
    const settings = {
      plugins: select.multiple ? ["remove_button"] : [],
      maxOptions: 200,
      searchField: ["text", "search", "note"],
      allowEmptyOption: true,
      hidePlaceholder: true,
      clearAfterSelect: true,
      onChange: () => select.dispatchEvent(new Event("input", { bubbles: true })),
      render: {
        option: (data, escape) => `<div>${escape(data.text) || "—"}${data.note ? `<span class="note">${escape(data.note)}</span>` : ""}</div>`,
        no_results: () => `<div class="no-results">${document.documentElement.lang.startsWith("zh") ? "没有符合的" : "Nothing found"}</div>`,
      },
    };
    if (select.dataset.pickUrl) Object.assign(settings, { load: remote(select), preload: "focus", valueField: "value", labelField: "text" });
    const field = new window.TomSelect(select, settings);
    field.positionDropdown = () => place(field);
    select.setAttribute("aria-hidden", "true"); // what is typed into has taken over its label
  }

  const within = (part) => part.querySelectorAll("select[data-pick]").forEach(enhance);
  within(document);
  document.addEventListener("htmx:load", (event) => within(event.detail.elt));
})();
