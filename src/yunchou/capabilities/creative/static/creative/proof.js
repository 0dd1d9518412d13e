/* A click on a picture opens the dialog of a remark at that point; the slider lays the older version over the newer. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const sheet = event.target.closest(".proof-sheet[data-pin]");
    if (!sheet || event.target.closest(".proof-pin")) return;
    const box = sheet.getBoundingClientRect();
    const part = (at, from, size) => Math.min(100, Math.max(0, ((at - from) / size) * 100)).toFixed(2);
    const x = part(event.clientX, box.left, box.width);
    const y = part(event.clientY, box.top, box.height);
    window.htmx.ajax("GET", `${sheet.dataset.pin}?x=${x}&y=${y}`, { target: "#dialog", swap: "innerHTML" });
  });
  const place = (root) => {
    for (const pin of root.querySelectorAll(".proof-pin[data-x]")) {
      pin.style.left = `${pin.dataset.x}%`;
      pin.style.top = `${pin.dataset.y}%`;
    }
  };
  document.addEventListener("input", (event) => {
    const slider = event.target.closest("[data-overlay]");
    const over = slider && document.getElementById(slider.dataset.overlay);
    if (over) over.style.setProperty("--over", String(slider.value / 100));
  });
  place(document);
})();
