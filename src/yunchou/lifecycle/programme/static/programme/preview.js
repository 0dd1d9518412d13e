"use strict";
// Under the form of an item stands what it would do to the others; it is asked for when start or length change.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.dialog-form");
  const slot = form && form.querySelector("[data-preview]");
  if (!slot || !["starts_at", "minutes", "is_fixed"].includes(event.target.name)) return;
  const data = Object.fromEntries([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "once"));
  window.htmx.ajax("POST", form.getAttribute("action"), { target: slot, swap: "innerHTML", values: { ...data, preview: "1" } });
});
