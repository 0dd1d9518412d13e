// The wall: shows what the server drew, asks when something changed, and says since when it could not ask.
//
// With a stream (`data-stream`) the server says when to ask; without one, or while it is silent, the page asks 400 ms after each
// answer, and later where answers take long, so that many screens do not wear a slow server down. The clock is the server's, so
// that a computer in the hall may have any time. Numbers count up in 400 ms.
(() => {
  "use strict";
  const body = document.body;
  const wall = document.getElementById("wall");
  const line = document.getElementById("line");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const grouped = new Intl.NumberFormat("en-US");
  const zone = { timeZone: "Asia/Shanghai", hourCycle: "h23", hour: "2-digit", minute: "2-digit" };
  const short = new Intl.DateTimeFormat("en-GB", zone);
  const long = new Intl.DateTimeFormat("en-GB", { ...zone, second: "2-digit" });
  const EACH = 1000, SOON = 400, SELDOM = 20000, SILENT = 12000, PATIENCE = 8000, RISE = 400;
  let etag = body.dataset.etag;
  let ahead = Number(body.dataset.moment) - Date.now();
  let lostAt = null, isOut = false, heardAt = 0, askedAt = Date.now(), asking = false, again = false;

  const now = () => Date.now() + ahead;
  const two = (number) => String(number).padStart(2, "0");

  function tick() {
    const clock = document.getElementById("clock");
    if (clock) clock.textContent = short.format(now());
    for (const each of wall.querySelectorAll("[data-until]")) {
      const left = Math.max(0, Math.round(Number(each.dataset.until) - now() / 1000));
      const hours = Math.floor(left / 3600);
      each.textContent = !left && each.dataset.then ? each.dataset.then : hours < 100 ? `${two(hours)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}` : "";
    }
  }

  function say() {
    const words = isOut ? body.dataset.out : lostAt ? `${body.dataset.lost} ${long.format(lostAt)}` : "";
    if (line.textContent !== words) line.textContent = words;
  }

  function rise(element, from, to) {
    const unit = element.dataset.unit || "";
    const began = performance.now();
    const step = (time) => {
      const share = Math.min(1, Math.max(0, (time - began) / RISE));
      element.textContent = grouped.format(Math.round(from + (to - from) * (1 - (1 - share) ** 3))) + unit;
      if (share < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  function numbers() {
    const found = new Map();
    for (const each of wall.querySelectorAll("[data-key]")) found.set(each.dataset.key, Number(each.dataset.count));
    return found;
  }

  function fit() {
    for (const big of wall.querySelectorAll(".big")) big.classList.toggle("long", big.textContent.length > 5);
  }

  function show(html) {
    const before = numbers();
    const was = new Set([...wall.querySelectorAll(".feed li, .winners li")].map((each) => each.textContent));
    wall.innerHTML = html;
    fit();
    tick();
    if (calm.matches) return;
    for (const each of wall.querySelectorAll("[data-key]")) {
      const from = before.get(each.dataset.key), to = Number(each.dataset.count);
      if (from !== undefined && from !== to) rise(each, from, to);
    }
    for (const each of wall.querySelectorAll(".feed li, .winners li")) {
      if (!was.has(each.textContent)) each.classList.add("new");
    }
  }

  async function ask() {
    if (asking) { again = true; return; }
    asking = true;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(body.dataset.now, {
        headers: { "If-None-Match": etag, "X-Unattended": "1" }, cache: "no-store", redirect: "manual", signal: stop.signal,
      });
      if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) {
        isOut = true;
      } else if (answer.status === 200 || answer.status === 304) {
        isOut = false;
        lostAt = null;
        const moment = Number(answer.headers.get("X-Server-Time"));
        if (moment) ahead = moment - Date.now();
        if (answer.status === 200) {
          const html = await answer.text();
          etag = answer.headers.get("ETag") || "";
          show(html);
        }
      } else if (!lostAt) {
        lostAt = now();
      }
    } catch {
      if (!lostAt) lostAt = now();
    } finally {
      clearTimeout(timer);
      asking = false;
      say();
    }
    if (again) { again = false; ask(); }
  }

  function listen() {
    const source = new EventSource(body.dataset.stream);
    source.addEventListener("wall", () => { heardAt = Date.now(); ask(); });
    source.addEventListener("ping", () => { heardAt = Date.now(); });
    // Refused for good: polling goes on, and the stream is tried again later.
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(listen, 60000); });
  }

  async function follow() {
    const hears = Date.now() - heardAt < SILENT;
    let wait = SOON;
    // Signed out, it asks seldom; on a stream only to be sure.
    if (!(isOut || hears) || Date.now() - askedAt >= SELDOM) {
      askedAt = Date.now();
      await ask();
      wait = Math.min(PATIENCE, Math.max(SOON, 2 * (Date.now() - askedAt)));
    }
    setTimeout(follow, wait);
  }

  setInterval(tick, EACH);
  setTimeout(follow, SOON);
  if (body.dataset.stream && window.EventSource) listen();

  const full = document.getElementById("full");
  const toggle = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen();
  };
  if (document.documentElement.requestFullscreen) full.addEventListener("click", toggle); else full.hidden = true;
  document.addEventListener("keydown", (event) => {
    if (event.key === "f" && !event.ctrlKey && !event.metaKey && !event.altKey) toggle();
  });
  const tools = document.querySelector(".tools");
  let asleep;
  document.addEventListener("pointermove", () => {
    tools.classList.add("awake");
    clearTimeout(asleep);
    asleep = setTimeout(() => tools.classList.remove("awake"), 3000);
  });
  // A screen that goes dark by itself is no wall.
  const stay = () => { if (navigator.wakeLock && !document.hidden) navigator.wakeLock.request("screen").catch(() => {}); };
  document.addEventListener("visibilitychange", stay);
  stay();
  fit();
  tick();
})();
