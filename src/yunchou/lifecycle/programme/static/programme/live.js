"use strict";
// The clock, and how long something still lasts or has lasted, by the server's time; the page itself is asked for every second.
(() => {
  let ahead = 0;
  const two = (number) => String(number).padStart(2, "0");
  const span = (seconds) => {
    const whole = Math.abs(Math.trunc(seconds));
    const sign = seconds <= -1 ? "−" : "";
    const hours = Math.floor(whole / 3600);
    const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
    return sign + (hours ? `${hours}:${rest}` : rest);
  };
  const read = (root) => {
    const told = root.querySelector("[data-server-now]");
    if (told) ahead = Number(told.dataset.serverNow) - Date.now() / 1000;
  };
  const tick = () => {
    const now = Date.now() / 1000 + ahead;
    for (const one of document.querySelectorAll("[data-clock]")) {
      // Shanghai keeps eight hours ahead of UTC all the year.
      const day = (Math.floor(now) + 8 * 3600) % 86400;
      one.textContent = `${two(Math.floor(day / 3600))}:${two(Math.floor((day % 3600) / 60))}:${two(day % 60)}`;
    }
    for (const one of document.querySelectorAll("[data-until]")) {
      const left = Number(one.dataset.until) - now;
      // What has not begun is not begun by a clock; what runs counts on, over its time.
      const waits = one.dataset.then && left < 1;
      one.textContent = waits ? one.dataset.then : span(left);
      one.classList.toggle("is-over", !waits && left <= -1);
    }
    for (const one of document.querySelectorAll("[data-since]")) one.textContent = span(now - Number(one.dataset.since));
  };
  document.addEventListener("DOMContentLoaded", () => { read(document); tick(); setInterval(tick, 500); });
  document.addEventListener("htmx:afterSwap", () => { read(document); tick(); });
})();
