// `[data-sort-url]` lists are put in order by dragging [data-sort-handle]; the new order of ids is posted as `order`.
(() => {
  "use strict";
  function enhance(list) {
    if (list.sortable) return;
    list.sortable = window.Sortable.create(list, {
      handle: "[data-sort-handle]", animation: 120, draggable: "[data-id]", delayOnTouchOnly: true, delay: 150,
      onEnd: async () => {
        const body = new URLSearchParams();
        list.querySelectorAll(":scope > [data-id]").forEach((row) => body.append("order", row.dataset.id));
        const answer = await fetch(list.dataset.sortUrl, { method: "POST", body, headers: { "X-CSRFToken": window.yunchou.csrf(), Accept: "application/json" } });
        if (!answer.ok) location.reload();
      },
    });
  }
  const within = (part) => part.querySelectorAll("[data-sort-url]").forEach(enhance);
  within(document);
  document.addEventListener("htmx:load", (event) => within(event.detail.elt));
})();
