/* The door's app. Asks the server while there is one, decides by the same table while there is none, and keeps every scan until the
   server has said that it has it. */
(function () {
  "use strict";
  const Door = self.Door, store = Door.store;
  const PATIENCE = 2500, BREATH = 8000, LIST_AGE = 180000, SAME = 4000, PAUSE = 900, MOST = 300, SHOWN = 12, CODE = 20;
  const $ = (id) => document.getElementById(id);
  const words = JSON.parse($("words").textContent);
  const api = document.body.dataset.api;
  const state = { token: "", list: null, guests: new Map(), session: null, direction: "in", offset: 0, since: null, unsent: 0, refused: 0, online: true, busy: false, breath: null, last: "", lastAt: 0, shown: null, timer: 0, fetched: 0 };
  self.doorState = state;

  const say = (name, values) => words[name].replace(/\{(\w+)\}/g, (_all, key) => (values && values[key] !== undefined ? values[key] : ""));
  const now = () => Date.now() + state.offset;
  const clock = (at, seconds) => new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hour12: false, timeZone: "Asia/Shanghai" });
  const day = (at) => new Date(at).toLocaleDateString("zh-CN", { timeZone: "Asia/Shanghai" });
  const when = (at) => (day(at) === day(now()) ? say("today", { time: clock(at) }) : day(at) + " " + clock(at));

  /* ---------------------------------------------------------------------------------------------- the line */

  class Over extends Error {}

  async function ask(path, told) {
    const stop = typeof AbortController === "function" ? new AbortController() : null;
    const timer = setTimeout(() => stop && stop.abort(), told && told.scans ? 20000 : PATIENCE * (told ? 1 : 6));
    try {
      const response = await fetch(api + path, {
        method: told ? "POST" : "GET", credentials: "omit", cache: "no-store", signal: stop ? stop.signal : undefined,
        headers: Object.assign({ "X-Door-Token": state.token, Accept: "application/json" }, told ? { "Content-Type": "application/json" } : {}),
        body: told ? JSON.stringify(Object.assign({ sent_at: Date.now() }, told)) : undefined,
      });
      if (response.status >= 500) throw new Error("server");
      const answer = await response.json();
      if (response.status === 401) throw new Over(answer.message);
      if (typeof answer.now === "number") { state.offset = answer.now - Date.now(); store.set("offset", state.offset); }
      return { ok: response.ok, answer: answer };
    } finally {
      clearTimeout(timer);
    }
  }

  function line(isOnline) {
    state.online = isOnline;
    drawNet();
  }

  async function fetchList() {
    const { ok, answer } = await ask("list");
    if (!ok) return;
    state.fetched = Date.now();
    if (state.since === null) state.since = answer.now;
    await store.set("list", answer);
    await store.clear("places");
    await useList(answer);
    line(true);
  }

  /* The server's word, then what it has not heard yet. */
  async function useList(list) {
    state.list = list;
    state.guests = new Map(list.guests.map((guest) => [guest.id, guest]));
    for (const kept of await store.all("places")) setPlace(kept.guest, kept.session, kept);
    for (const row of await store.all("queue")) if (row.place) setPlace(row.guest, row.session, row.place);
    if (!list.sessions.some((one) => one.id === state.session)) state.session = running(list.sessions);
    drawHead();
    drawCounts();
  }

  /* The session that runs, else the next one. */
  function running(sessions) {
    const ahead = sessions.filter((one) => one.ends + state.list.table.late > now());
    const chosen = ahead.sort((a, b) => a.starts - b.starts)[0] || sessions[sessions.length - 1];
    return chosen ? chosen.id : null;
  }

  function setPlace(guest, session, place) {
    const known = state.guests.get(guest);
    if (!known) return false;
    const { id, guest: _guest, session: _session, ...rest } = place;
    known.places[String(session)] = rest;
    return true;
  }

  /* One breath at a time: whoever asks while one is drawn waits for that one. */
  function breathe() {
    state.breath = state.breath || breath().finally(() => { state.breath = null; });
    return state.breath;
  }

  async function breath() {
    if (!state.token) return;
    if (state.list && now() > state.list.until && !state.online) { over(words.nodevice); return; }
    try {
      const queue = await store.all("queue");
      const rows = queue.slice(0, MOST).map(({ place, where, newcomer, ...row }) => (newcomer ? null : row)).filter(Boolean);
      const newcomers = queue.filter((row) => row.newcomer).slice(0, 50).map((row) => row.newcomer);
      const { ok, answer } = await ask("sync", { scans: rows, newcomers: newcomers, unsent: queue.length, since: state.since });
      if (!ok) return;
      line(true);
      await store.drop("queue", answer.taken);
      for (const one of answer.refused) {
        const row = queue.find((each) => each.key === one.key);
        await store.put("refused", Object.assign({}, row, { key: one.key, reason: one.message }));
      }
      await store.drop("queue", answer.refused.map((one) => one.key));
      state.since = answer.now;
      const waiting = new Set((await store.all("queue")).map((row) => row.guest + ":" + row.session));
      let stranger = false;
      for (const one of answer.news) {
        if (waiting.has(one.guest + ":" + one.session)) continue;
        stranger = !setPlace(one.guest, one.session, one) || stranger;
        await store.put("places", Object.assign({ id: one.guest + ":" + one.session }, one));
      }
      if (state.list) state.list.counts = answer.counts;
      await count();
      drawCounts();
      if (stranger || !state.list || Date.now() - state.fetched > LIST_AGE || newcomers.length) await fetchList();
      if (queue.length > MOST) setTimeout(breathe, 50);
    } catch (fault) {
      if (fault instanceof Over) over(fault.message); else line(false);
    } finally {
      await count();
    }
  }

  async function count() {
    state.unsent = (await store.all("queue")).length;
    state.refused = (await store.all("refused")).length;
    drawNet();
  }

  /* ---------------------------------------------------------------------------------------------- a scan */

  /* `what` is {code} or {guest}; `more` may say forced, note, direction, why. */
  async function scan(what, more) {
    if (!state.list) { notice(words.nolist); return null; }
    if (state.busy) { state.after = [what, more]; return null; } // a scanner is quicker than the line
    state.busy = true;
    clearTimeout(state.timer);
    const asked = Object.assign({ key: Door.newKey(), session: state.session, direction: state.direction, at: Date.now() }, what, more);
    try {
      let told = null;
      if (navigator.onLine !== false) {
        try {
          const { ok, answer } = await ask("scan", asked);
          line(true);
          told = ok ? answer.answer : { verdict: "refused", why: answer.code, tone: "red", title: answer.message, words: "", forced: false };
          if (ok) await settled(asked, told);
        } catch (fault) {
          if (fault instanceof Over) { over(fault.message); return null; }
          line(false);
        }
      } else line(false);
      told = told || (await alone(asked));
      show(told, asked);
      return told;
    } finally {
      state.busy = false;
      const after = state.after;
      state.after = null;
      if (after) setTimeout(() => scan(after[0], after[1]), PAUSE);
    }
  }

  /* The server has counted; the device's own list follows. */
  async function settled(asked, told) {
    const guest = told.guest;
    if (!guest) return;
    if (!state.guests.has(guest.id)) state.guests.set(guest.id, Object.assign({ places: {}, reply: "accepted" }, guest));
    if (told.verdict !== "let_in" && told.verdict !== "let_out") return;
    const place = Door.move(placeOf(guest.id), { direction: asked.direction, at: now(), where: where(), why: asked.why, undoes: asked.undoes });
    setPlace(guest.id, asked.session, place);
    await store.put("places", Object.assign({ id: guest.id + ":" + asked.session, guest: guest.id, session: asked.session }, place));
    if (told.first) { state.list.counts.arrived += 1; if (guest.vip) state.list.counts.vips_arrived += 1; drawCounts(); }
  }

  const placeOf = (guest) => (state.guests.get(guest) || { places: {} }).places[String(state.session)];
  const where = () => state.list.device.door + " · " + state.list.device.name;

  /* Without a network: the same table over the list that the device carries. */
  async function alone(asked) {
    const table = state.list.table;
    let kind = "hand", ticket = "current", guest = asked.guest ? state.guests.get(asked.guest) : null;
    if (asked.code !== undefined) {
      const read = Door.read(asked.code);
      if (!read) kind = "unreadable";
      else if (read.event !== state.list.event.id) kind = "foreign";
      else {
        kind = Door.canProve && (await Door.genuine(read, state.list.public)) ? "genuine" : "forged";
        guest = state.guests.get(read.guest) || null;
        if (guest && guest.ticket && (await Door.digest(read.ticket)) !== guest.ticket) ticket = "replaced";
      }
    }
    const session = state.list.sessions.find((one) => one.id === asked.session);
    const facts = Door.facts(guest, session, { code: kind, ticket: ticket, direction: asked.direction, at: asked.at + state.offset }, false, table);
    const found = Door.decide(facts, table);
    const forced = Boolean(asked.forced && found.forced);
    const verdict = forced ? "let_in" : found.verdict;
    const named = kind === "forged" ? null : guest;
    const row = { key: asked.key, session: asked.session, code: asked.code, guest: named ? named.id : undefined, direction: asked.direction, forced: forced, at: asked.at, said: verdict, why: asked.why || found.why, note: asked.note || "" };
    const before = named ? Object.assign({}, placeOf(named.id)) : {};
    if ((verdict === "let_in" || verdict === "let_out") && named) {
      row.place = Door.move(placeOf(named.id), { direction: asked.direction, at: asked.at + state.offset, where: where(), why: asked.why, undoes: asked.undoes });
      const came = Object.values(named.places).every((one) => one.first === undefined);
      setPlace(named.id, asked.session, row.place);
      if (came && row.place.first !== undefined) { state.list.counts.arrived += 1; if (named.vip) state.list.counts.vips_arrived += 1; }
      await store.decided(row, Object.assign({ id: named.id + ":" + asked.session, guest: named.id, session: asked.session }, row.place));
    } else await store.decided(row, null);
    await count();
    drawCounts();
    const shown = forced ? Door.line(named && named.vip ? "vip" : "welcome", table) : found;
    return { key: asked.key, verdict: verdict, why: found.why, tone: shown.tone, title: shown.title, words: shown.words, forced: shown.forced && !forced, guest: named ? Object.assign({}, named, before) : null, offline: true };
  }

  /* ---------------------------------------------------------------------------------------------- what is shown */

  const SIGNS = { green: "check", amber: "star", red: "cross" };

  function show(told, asked) {
    const known = told.guest ? Object.assign({}, state.guests.get(told.guest.id), told.guest) : null;
    const sign = told.verdict === "ask" || told.why === "not_inside" ? "hand" : told.verdict === "let_out" ? "out" : SIGNS[told.tone];
    state.shown = { told: told, asked: asked, guest: known };
    document.body.dataset.tone = told.tone;
    document.body.dataset.verdict = told.verdict;
    $("sign").dataset.sign = sign;
    $("sign-use").setAttribute("href", "#sign-" + sign);
    $("said").textContent = told.title;
    $("name").textContent = known ? known.name : "";
    $("name").className = known && known.name.length > 4 ? "name long" : "name";
    const companions = known ? state.list.guests.filter((one) => one.with === known.id) : [];
    const about = known ? [known.vip && known.grade !== "VIP" ? "VIP" : "", known.role, known.from, told.verdict === "again" && known.tail ? say("tail", { tail: known.tail }) : "", known.with && state.guests.has(known.with) ? say("brought", { name: state.guests.get(known.with).name }) : "", companions.length ? say("companions", { count: companions.length }) : ""] : [];
    $("about").textContent = about.filter(Boolean).join(" · ");
    drawFacts(told, known);
    $("rule").textContent = told.why === "inside" ? words.rule : "";
    const isFine = told.verdict === "let_in" || told.verdict === "let_out";
    $("force").hidden = !told.forced || isFine;
    $("undo").hidden = told.verdict !== "let_in" || !known;
    $("other").hidden = isFine || told.forced;
    $("note-row").hidden = $("force").hidden;
    $("note").value = "";
    drawCompanions(isFine && told.verdict === "let_in" ? companions : []);
    to("answer");
    Door.sound.play(told.tone);
    $("next").focus({ preventScroll: true });
    const stays = !isFine || !$("companions").hidden;
    document.body.dataset.stays = stays ? "1" : "";
    const bar = $("left");
    bar.classList.remove("runs");
    if (!stays) {
      void bar.offsetWidth;
      bar.classList.add("runs");
      state.timer = setTimeout(next, told.tone === "amber" ? 6000 : 3000);
    }
  }

  function drawFacts(told, guest) {
    const place = guest ? guest.places && guest.places[String(state.session)] : null;
    const seat = guest && (guest.seat || (place && place.seat));
    const facts = [];
    if (told.verdict === "again" && told.why === "inside" && guest) {
      const first = guest.first || (place && place.first);
      if (first) facts.push([words.first, when(first)]);
      facts.push([words.where, guest.where || (place && place.where) || "—"]);
      facts.push([words.todo, told.words]);
    } else if (told.verdict === "let_in" && guest) {
      if (seat) facts.push([words.seat, seat]);
      if (guest.vip && guest.host) facts.push([words.host, told.offline ? guest.host : say("host_called", { host: guest.host, time: clock(now()) })]);
      const mind = [guest.diet, guest.vip ? guest.note : ""].filter(Boolean).join(" · ");
      if (mind) facts.push([guest.vip ? words.mind : words.diet, mind]);
      if (!guest.vip || facts.length < 2) facts.push([words.at, clock(now(), true) + " · " + state.list.device.door]);
      if (told.why === "no_reply") facts.push([words.todo, told.words]);
    } else if (told.words) {
      if (seat) facts.push([words.seat, seat]);
      facts.push([words.todo, told.words]);
    }
    const box = $("facts");
    box.textContent = "";
    for (const [label, value] of facts) {
      const row = document.createElement("div"), head = document.createElement("dt"), body = document.createElement("dd");
      head.textContent = label;
      body.textContent = value;
      row.append(head, body);
      box.append(row);
    }
    box.hidden = !facts.length;
  }

  function drawCompanions(companions) {
    const box = $("companions");
    box.textContent = "";
    const outside = companions.filter((one) => !((one.places || {})[String(state.session)] || {}).inside && one.reply !== "cancelled");
    for (const one of outside) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = say("letcompanion", { name: one.name });
      button.addEventListener("click", () => scan({ guest: one.id }));
      box.append(button);
    }
    box.hidden = !outside.length;
  }

  function drawHead() {
    if (!state.list) return;
    $("event").textContent = state.list.event.title;
    $("door").textContent = where();
    const choice = $("session");
    choice.textContent = "";
    for (const one of state.list.sessions) choice.append(new Option(clock(one.starts) + " " + one.name, one.id, false, one.id === state.session));
    choice.hidden = state.list.sessions.length < 2;
    $("single").textContent = choice.hidden && state.list.sessions[0] ? state.list.sessions[0].name : "";
  }

  function drawCounts() {
    if (!state.list) return;
    const c = state.list.counts;
    const told = [say("arrived", { arrived: c.arrived, expected: c.expected }), c.vips ? say("vips", { arrived: c.vips_arrived, expected: c.vips }) : ""].filter(Boolean).join(words.joint);
    document.querySelectorAll(".counts").forEach((box) => { box.textContent = told; });
    $("progress").style.width = (c.expected ? Math.min(100, (100 * c.arrived) / c.expected) : 0) + "%";
  }

  function drawNet() {
    const told = state.online ? (state.unsent ? say("waiting", { count: state.unsent }) : "") : state.unsent ? say("unsent", { count: state.unsent }) : words.offline;
    document.querySelectorAll(".net").forEach((box) => { box.dataset.online = state.online ? "1" : ""; box.querySelector("span").textContent = told; });
    $("kept").textContent = state.refused ? say("kept", { count: state.refused }) : "";
  }

  function to(view) {
    document.body.dataset.view = view;
    for (const one of document.querySelectorAll("[data-part]")) one.hidden = one.dataset.part !== view;
    if (view !== "answer") { document.body.dataset.tone = ""; clearTimeout(state.timer); }
  }

  function next() {
    state.shown = null;
    $("look").value = "";
    drawFound();
    to("ready");
    if (!matchMedia("(pointer: coarse)").matches) $("look").focus();
  }

  function notice(text) {
    $("notice").textContent = text;
    $("notice").hidden = !text;
  }

  /* A device whose time is over forgets the guests; what it has not sent it keeps for whoever sets it up again. */
  function over(text) {
    state.list = null;
    state.guests = new Map();
    store.set("list", null).then(() => store.clear("places"));
    to("setup");
    $("setup-words").textContent = text || words.nodevice;
  }

  function drawFound() {
    const box = $("found"), typed = $("look").value;
    box.textContent = "";
    if (!state.list || !typed.trim() || Door.read(typed)) return;
    const found = Door.find(Array.from(state.guests.values()), typed, SHOWN);
    for (const guest of found) {
      const row = document.createElement("li"), button = document.createElement("button"), name = document.createElement("b"), about = document.createElement("span"), stands = document.createElement("em");
      const place = guest.places[String(state.session)] || {};
      button.type = "button";
      name.textContent = guest.name;
      about.textContent = [guest.vip ? "VIP" : "", guest.from, place.seat, guest.tail ? say("tail", { tail: guest.tail }) : ""].filter(Boolean).join(" · ");
      stands.textContent = place.inside ? words.inside : place.first !== undefined ? words.left : "";
      button.append(name, about, stands);
      button.addEventListener("click", () => scan({ guest: guest.id }));
      row.append(button);
      box.append(row);
    }
    if (!found.length) { const row = document.createElement("li"); row.className = "none"; row.textContent = words.nobody; box.append(row); }
  }

  /* ---------------------------------------------------------------------------------------------- without an invitation */

  async function enter(form) {
    const told = { key: Door.newKey(), session: state.session, name: form.elements.name.value.trim(), phone: form.elements.phone.value.trim(), organisation: form.elements.organisation.value.trim(), agrees: form.elements.agrees.checked, note: form.elements.note.value.trim(), at: Date.now() };
    const fault = !told.name ? words.named : told.phone && !told.agrees ? words.agree : "";
    $("walk-fault").textContent = fault;
    if (fault || state.busy) return;
    state.busy = true;
    try {
      let said = "";
      try {
        const { ok, answer } = await ask("walk-in", told);
        line(true);
        if (!ok) { $("walk-fault").textContent = Object.values(answer.fields || {})[0] || answer.message; return; }
        said = say("entered", { name: answer.guest.name });
        fetchList().catch(() => line(false));
      } catch (trouble) {
        if (trouble instanceof Over) return over(trouble.message);
        line(false);
        await store.put("queue", { key: told.key, newcomer: told, session: told.session });
        said = words.saved;
      }
      form.reset();
      await count();
      show({ verdict: "let_in", why: "walk_in", tone: "green", title: Door.line("welcome", state.list.table).title, words: "", forced: false, guest: null }, told);
      $("name").textContent = told.name;
      $("about").textContent = said;
    } finally {
      state.busy = false;
    }
  }

  /* ---------------------------------------------------------------------------------------------- beginning */

  function seen(text) {
    if (state.busy) return; // read again by the next picture
    if (document.body.dataset.view !== "ready" && !(document.body.dataset.view === "answer" && !document.body.dataset.stays)) return;
    if (text === state.last && Date.now() - state.lastAt < SAME) { state.lastAt = Date.now(); return; }
    state.last = text;
    state.lastAt = Date.now();
    scan({ code: text });
  }

  async function camera() {
    const frame = $("frame");
    if (!Door.camera.possible) { notice(self.isSecureContext ? words.nocamera : words.nohttps); return; }
    try {
      frame.hidden = false;
      await Door.camera.start($("video"), seen);
      $("start-camera").hidden = true;
    } catch (fault) {
      frame.hidden = true;
      notice(words.nocamera);
    }
  }

  /* A scanner types the code and presses Enter, wherever the focus is. */
  let typed = "", typedAt = 0;
  document.addEventListener("keydown", (event) => {
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.timeStamp - typedAt > 400) typed = "";
    typedAt = event.timeStamp;
    if (event.key === "Enter") {
      if (typed.length > CODE) { event.preventDefault(); const text = typed; typed = ""; scan({ code: text }); }
    } else if (event.key.length === 1) typed += event.key;
  }, true);

  function listen() {
    document.addEventListener("pointerdown", () => Door.sound.wake());
    document.addEventListener("keydown", () => Door.sound.wake());
    $("look").addEventListener("input", drawFound);
    $("look-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = $("look").value.trim();
      if (!text) return;
      const found = Door.find(Array.from(state.guests.values()), text, 2);
      if (!Door.read(text) && found.length === 1) scan({ guest: found[0].id });
      else if (Door.read(text) || (!found.length && text.length > CODE)) scan({ code: text });
    });
    $("next").addEventListener("click", next);
    $("other").addEventListener("click", next);
    $("force").addEventListener("click", () => {
      const { asked, guest } = state.shown;
      const what = asked.code !== undefined ? { code: asked.code } : { guest: guest.id };
      scan(what, { forced: true, note: $("note").value });
    });
    $("undo").addEventListener("click", async () => {
      const guest = state.shown.guest.id;
      const place = placeOf(guest) || {};
      await scan({ guest: guest }, { direction: "out", why: "undo", undoes: place.first });
      next();
    });
    $("session").addEventListener("change", (event) => { state.session = Number(event.target.value); store.set("session", state.session); drawFound(); });
    for (const button of document.querySelectorAll("[data-direction]")) {
      button.addEventListener("click", () => {
        state.direction = button.dataset.direction;
        for (const each of document.querySelectorAll("[data-direction]")) each.setAttribute("aria-pressed", String(each === button));
      });
    }
    for (const button of document.querySelectorAll("[data-sound]")) {
      button.addEventListener("click", () => {
        Door.sound.on = !Door.sound.on;
        for (const each of document.querySelectorAll("[data-sound]")) each.setAttribute("aria-pressed", String(Door.sound.on));
      });
    }
    for (const button of document.querySelectorAll("[data-to]")) button.addEventListener("click", () => { $("walk-fault").textContent = ""; to(button.dataset.to); });
    $("walk-form").addEventListener("submit", (event) => { event.preventDefault(); enter(event.target); });
    $("start-camera").addEventListener("click", camera);
    $("setup-form").addEventListener("submit", (event) => { event.preventDefault(); take($("setup-link").value); });
    self.addEventListener("online", breathe);
    self.addEventListener("offline", () => line(false));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) breathe(); });
  }

  /* The token comes behind the # of a link, which no server and no log sees, and leaves the address at once. */
  async function take(link) {
    const token = (link.split("#")[1] || link).trim();
    if (token.length < 20) { $("setup-fault").textContent = words.nolink; return; }
    $("setup-fault").textContent = "";
    const before = await store.get("token");
    if (before !== token) {
      if (before && (await store.all("queue")).length) await flush(before);
      await store.set("token", token);
      await store.set("list", null);
      await store.clear("places");
    }
    state.token = token;
    await begin();
  }

  /* What an earlier token has not sent goes out by that token. */
  async function flush(before) {
    state.token = before;
    await breathe();
  }

  async function begin() {
    const kept = await store.get("list");
    state.offset = (await store.get("offset")) || 0;
    state.session = (await store.get("session")) || null;
    if (kept) { await useList(kept); next(); }
    await count();
    try {
      await fetchList();
      notice(self.isSecureContext ? "" : words.nohttps);
      if (document.body.dataset.view === "setup") next();
    } catch (fault) {
      if (fault instanceof Over) return over(fault.message);
      line(false);
      if (!kept) { to("setup"); $("setup-words").textContent = words.nolist; return; }
    }
    breathe();
  }

  async function main() {
    listen();
    if ("serviceWorker" in navigator) navigator.serviceWorker.register(document.body.dataset.worker, { scope: document.body.dataset.home }).catch(() => {});
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    setInterval(breathe, BREATH);
    const link = location.hash.slice(1);
    if (link) {
      history.replaceState(null, "", location.pathname);
      await take(link);
    } else {
      state.token = (await store.get("token")) || "";
      if (state.token) await begin(); else over(words.nodevice);
    }
    document.body.dataset.ready = "1";
  }

  /* For tests, and for a console at the door. */
  self.doorScan = scan;
  self.doorBreathe = breathe;
  main();
})();
