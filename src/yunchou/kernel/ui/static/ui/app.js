// Everything that happens in the browser and is no chart: menus, palette, dialogs, toasts, keys, drafts, forms.
// One listener per event on the document, so that what htmx brings in later works without being wired up.
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const words = () => document.body.dataset;
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window: nothing is kept */ } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* as above */ } },
  };

  // ------------------------------------------------------------ toasts

  function toast({ text, undo = "", is_error: isError = false }, seconds = undo ? 8 : 4) {
    const box = document.createElement("div");
    box.className = "toast";
    box.setAttribute("role", isError ? "alert" : "status");
    const icon = document.createElement("i");
    icon.className = `ti ti-${isError ? "alert-triangle" : "check"}`;
    icon.setAttribute("aria-hidden", "true");
    const said = document.createElement("span");
    said.textContent = text;
    box.append(icon, said);
    if (undo) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.undoUrl = undo;
      button.textContent = words().undo;
      box.append(button);
    }
    // Said again, it takes the place of what was said before.
    all("#toasts > .toast").forEach((other) => { if (find("span", other)?.textContent === text) other.remove(); });
    find("#toasts")?.append(box);
    fade(box, isError ? 8 : seconds);
  }

  function fade(box, seconds) {
    let timer = setTimeout(() => box.remove(), seconds * 1000);
    box.addEventListener("pointerenter", () => clearTimeout(timer));
    box.addEventListener("pointerleave", () => { timer = setTimeout(() => box.remove(), 2000); });
  }

  async function undo(button) {
    const address = button.dataset.undoUrl;
    button.closest(".toast").remove();
    const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf() } }).catch(() => null);
    if (answer?.ok) location.reload();
    else toast({ text: words().failed, is_error: true });
  }

  // ------------------------------------------------------------ dialogs, palette, confirmation

  const frame = () => find("#dialog-frame");

  function openDialog() {
    const box = frame();
    if (!box.open) box.showModal();
    const first = find("[autofocus], input:not([type=hidden]), select, textarea", find("#dialog"));
    first?.focus();
  }

  function closeDialog() {
    const box = frame();
    if (!box?.open) return;
    box.close();
    delete box.dataset.touched;
    find("#dialog").replaceChildren();
    find("#dialog-notices").replaceChildren();
  }

  // A slip (Esc, a click beside it) asks first where something was typed; its buttons are meant.
  function leaveDialog() {
    if (!frame().dataset.touched) { closeDialog(); return; }
    confirmed({ dataset: { confirm: words().leave, confirmVerb: words().leaveVerb } }, closeDialog);
  }

  function openPalette() {
    const palette = find("#palette");
    if (!palette || palette.open) return;
    palette.showModal();
    const input = find("input", palette);
    input.select();
    input.dispatchEvent(new Event("palette:open"));
  }

  function movePalette(step) {
    const options = all("[data-option]", find("#palette-results"));
    if (!options.length) return;
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = options[(now + step + options.length) % options.length];
    options.forEach((option) => option.setAttribute("aria-selected", option === next));
    next.scrollIntoView({ block: "nearest" });
  }

  function confirmed(element, go) {
    const box = find("#confirm");
    find("[data-confirm-text]", box).textContent = element.dataset.confirm;
    const yes = find("[data-confirm-yes]", box);
    yes.textContent = element.dataset.confirmVerb || yes.dataset.verb;
    box.returnValue = "no";
    box.addEventListener("close", () => { if (box.returnValue === "yes") go(); }, { once: true });
    box.showModal();
    find("[data-confirm-no]", box).focus();
  }

  // ------------------------------------------------------------ popovers stand under what opened them

  function placePopover(event) {
    const popover = event.target;
    if (event.newState !== "open" || !popover.id) return;
    const opener = find(`[popovertarget="${popover.id}"]`);
    if (!opener) return;
    requestAnimationFrame(() => {
      const at = opener.getBoundingClientRect();
      const size = popover.getBoundingClientRect();
      const left = Math.max(8, Math.min(at.left, innerWidth - size.width - 8));
      const below = at.bottom + 6 + size.height < innerHeight;
      popover.style.left = `${left}px`;
      popover.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - size.height - 6)}px`;
    });
  }

  // A sentence that is offered goes into its field, where it can still be changed.
  function fill(offer) {
    const field = find(offer.dataset.fill);
    if (!field) return;
    field.value = offer.textContent.trim();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    closeMenus();
    field.focus();
  }

  function closeMenus(except = null) {
    all("details.menu[open]").forEach((menu) => { if (!except || !menu.contains(except)) menu.open = false; });
  }

  // ------------------------------------------------------------ lists by keyboard: J K Enter X F

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") && target.type !== "checkbox";

  function rowsOf(list) {
    return all(list.matches("table") ? "tbody tr" : ":scope > li, .row", list).filter((row) => find("a.row-link", row));
  }

  function listKey(key) {
    const list = find("[data-rows]");
    if (!list) return false;
    if (key === "f") {
      const filter = find("[data-filter-key], .filters input, .toolbar .search-field input");
      filter?.focus();
      return Boolean(filter);
    }
    const rows = rowsOf(list);
    const now = rows.findIndex((row) => row.classList.contains("is-cursor"));
    if (key === "j" || key === "k") {
      const next = rows[Math.max(0, Math.min(rows.length - 1, now + (key === "j" ? 1 : -1)))];
      rows.forEach((row) => row.classList.toggle("is-cursor", row === next));
      next?.scrollIntoView({ block: "nearest" });
      return Boolean(next);
    }
    if (now < 0) return false;
    if (key === "enter") find("a.row-link", rows[now]).click();
    if (key === "x") select(rows[now]);
    return true;
  }

  function select(row) {
    const box = find("input[type=checkbox]", row);
    if (box) box.click();
    else row.classList.toggle("is-selected");
  }

  // ------------------------------------------------------------ drafts: nothing typed is lost

  const draftKey = (form) => `draft:${location.pathname}:${form.dataset.draft}`;
  const secret = new Set(["password", "file", "hidden"]);

  function keepDraft(form) {
    const kept = {};
    all("input, select, textarea", form).forEach((field) => {
      if (!field.name || secret.has(field.type)) return;
      if (field.type === "checkbox" || field.type === "radio") (kept[field.name] ??= []).push(field.checked);
      else (kept[field.name] ??= []).push(field.multiple ? [...field.selectedOptions].map((o) => o.value) : field.value);
    });
    store.set(draftKey(form), JSON.stringify(kept));
    const note = find(".draft-note", form);
    if (note) note.textContent = words().kept;
  }

  function restoreDraft(form) {
    if (form.dataset.draftRead) return;
    form.dataset.draftRead = "1";
    // A form that was refused holds what was sent: no draft is newer.
    if (find(".has-error, .form-errors", form)) { keepDraft(form); return; }
    const text = store.get(draftKey(form));
    if (!text) return;
    const kept = JSON.parse(text);
    const seen = {};
    let changed = false;
    all("input, select, textarea", form).forEach((field) => {
      if (!field.name || secret.has(field.type) || !(field.name in kept)) return;
      const value = kept[field.name][(seen[field.name] ??= 0)];
      seen[field.name] += 1;
      if (value === undefined) return;
      if (typeof value === "boolean") { changed ||= field.checked !== value; field.checked = value; }
      else if (field.multiple) [...field.options].forEach((option) => { option.selected = value.includes(option.value); });
      else { changed ||= field.value !== value; field.value = value; }
    });
    if (changed) toast({ text: words().restored });
  }

  function settleDrafts() {
    const sent = sessionStorage.getItem("draft-sent");
    sessionStorage.removeItem("draft-sent");
    if (sent && !find(".has-error, #notices > *, .error-page")) store.drop(sent);
  }

  // ------------------------------------------------------------ forms

  function busy(form, submitter, on) {
    const button = submitter || find(".btn.primary, button:not([type=button])", form);
    if (!button) return;
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }

  function showWeekday(input) {
    const place = input.parentElement.querySelector("[data-weekday-of]");
    if (!place || !input.value) { if (place) place.textContent = ""; return; }
    place.textContent = new Intl.DateTimeFormat(root.lang, { weekday: "short", timeZone: "UTC" }).format(new Date(`${input.value}T00:00Z`));
  }

  // The server says what is wrong, with the rule that speaks; the browser's own bubbles stay silent.
  function prepare(part) {
    const found = (selector) => [...(part.matches?.(selector) ? [part] : []), ...all(selector, part)];
    found("form[method=post], form[hx-post]").forEach((form) => { form.noValidate = true; });
    found("[data-weekday]").forEach(showWeekday);
    found("form[data-draft]").forEach(restoreDraft);
    found(".tabs ul, .segmented").forEach(showPresent);
  }

  // On a phone such a row is wider than the screen: where one is stands in sight.
  function showPresent(row) {
    const here = find("[aria-current]", row);
    if (!here || row.scrollWidth <= row.clientWidth) return;
    const [outer, inner] = [row.getBoundingClientRect(), here.getBoundingClientRect()];
    row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }

  function showTab(tab) {
    const group = tab.closest("[data-tabs]");
    all("[role=tab]", group).forEach((other) => {
      const chosen = other === tab;
      other.setAttribute("aria-selected", chosen);
      other.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(other.getAttribute("aria-controls"));
      if (panel) panel.hidden = !chosen;
    });
    tab.focus();
  }

  // ------------------------------------------------------------ clicks, keys, typing

  document.addEventListener("click", (event) => {
    const target = event.target;
    const asks = target.closest("[data-confirm]:not(form)");
    if (asks && !asks.hasAttribute("hx-post") && !asks.hasAttribute("hx-delete") && !asks.hasAttribute("hx-get") && !asks.dataset.confirmedNow) {
      event.preventDefault();
      confirmed(asks, () => { asks.dataset.confirmedNow = "1"; asks.click(); delete asks.dataset.confirmedNow; });
      return;
    }
    if (target.closest("[data-palette]")) openPalette();
    else if (target.closest("[data-side-fold]")) {
      root.dataset.side = root.dataset.side === "narrow" ? "wide" : "narrow";
      store.set("side", root.dataset.side);
    } else if (target.closest("[data-undo-url]")) undo(target.closest("[data-undo-url]"));
    else if (target.closest("[data-close]")) { closeDialog(); target.closest("dialog")?.close(); }
    else if (target.closest("[data-dismiss]")) target.closest(".finding, .notice, .toast").remove();
    else if (target.closest("[data-open]")) document.getElementById(target.closest("[data-open]").dataset.open)?.showModal();
    else if (target.closest("[role=tab]")) showTab(target.closest("[role=tab]"));
    else if (target.closest("[data-copy]")) navigator.clipboard?.writeText(target.closest("[data-copy]").dataset.copy);
    else if (target.closest("[data-print]")) print();
    else if (target.closest("[data-fill]")) fill(target.closest("[data-fill]"));
    if (target.matches("dialog.dialog, dialog.palette")) { target === frame() ? leaveDialog() : target.close(); }
    closeMenus(target);
  });

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
    if (target.closest("#palette")) {
      if (key === "ArrowDown" || key === "ArrowUp") { event.preventDefault(); movePalette(key === "ArrowDown" ? 1 : -1); }
      if (key === "Enter") { event.preventDefault(); find('[data-option][aria-selected="true"], [data-option]', find("#palette-results"))?.click(); }
      return;
    }
    if (target.matches("[role=tab]") && (key === "ArrowRight" || key === "ArrowLeft")) {
      const tabs = all("[role=tab]", target.closest("[data-tabs]"));
      showTab(tabs[(tabs.indexOf(target) + (key === "ArrowRight" ? 1 : -1) + tabs.length) % tabs.length]);
      return;
    }
    if (key === "Escape") {
      closeMenus();
      if (frame()?.dataset.touched && all("dialog[open]").every((box) => box === frame())) { event.preventDefault(); leaveDialog(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(target) || find("dialog[open]")) return;
    if (key === "/") { event.preventDefault(); openPalette(); return; }
    if (key === "Enter" && target.closest("a, button, summary")) return;
    if (["j", "k", "x", "f", "enter"].includes(key.toLowerCase()) && listKey(key.toLowerCase())) event.preventDefault();
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-weekday]")) showWeekday(event.target);
    const form = event.target.closest("form[data-draft]");
    if (form) { clearTimeout(form.draftTimer); form.draftTimer = setTimeout(() => keepDraft(form), 400); }
    if (event.target.closest("#dialog")) frame().dataset.touched = "1";
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form?.requestSubmit();
    const row = event.target.closest("[data-rows] tr");
    if (row && event.target.type === "checkbox") row.classList.toggle("is-selected", event.target.checked);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !form.hasAttribute("hx-post") && !form.dataset.confirmedNow) {
      event.preventDefault();
      const submitter = event.submitter;
      confirmed(form, () => { form.dataset.confirmedNow = "1"; form.requestSubmit(submitter); delete form.dataset.confirmedNow; });
      return;
    }
    if (form.matches("[data-theme-form]")) { chooseTheme(event); return; }
    if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (form.dataset.draft) { clearTimeout(form.draftTimer); keepDraft(form); sessionStorage.setItem("draft-sent", draftKey(form)); }
    setTimeout(() => busy(form, event.submitter, true));
    setTimeout(() => { delete form.dataset.sent; busy(form, event.submitter, false); }, 8000);
  });

  function chooseTheme(event) {
    event.preventDefault();
    const choice = event.submitter.value;
    window.applyTheme(choice);
    all("[data-theme-form] button").forEach((button) => button.setAttribute("aria-pressed", button.value === choice));
    const body = new URLSearchParams({ theme: choice });
    fetch(event.target.action, { method: "POST", body, headers: { "X-CSRFToken": csrf(), "X-Quiet": "1" } });
  }

  document.addEventListener("toggle", (event) => {
    placePopover(event);
    if (event.target.matches?.("details.menu") && event.target.open) all("details.menu[open]").forEach((menu) => { if (menu !== event.target) menu.open = false; });
  }, true);
  addEventListener("pageshow", (event) => { if (event.persisted) all("form[data-sent]").forEach((form) => { delete form.dataset.sent; busy(form, null, false); }); });

  // ------------------------------------------------------------ htmx

  document.addEventListener("htmx:confirm", (event) => {
    const asks = event.target.closest("[data-confirm]");
    if (!asks || !event.detail.issueRequest) return;
    event.preventDefault();
    confirmed(asks, () => event.detail.issueRequest(true));
  });

  const slow = new WeakMap();

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target } = event.detail;
    const form = elt.closest("form");
    if (form && elt === form) {
      if (form.querySelector('[aria-busy="true"]')) { event.preventDefault(); return; }
      busy(form, event.detail.requestConfig?.triggeringEvent?.submitter, true);
      if (form.dataset.draft) { clearTimeout(form.draftTimer); keepDraft(form); }
    } else if (elt.matches(".btn")) elt.setAttribute("aria-busy", "true");
    slow.set(event.detail.xhr, setTimeout(() => {
      root.classList.add("is-loading");
      if (target?.id === "dialog") return;
      if (elt.dataset.skeleton !== undefined) target.innerHTML = '<div class="skeleton"><i></i><i></i><i></i></div>';
      else target?.classList.add("is-slow");
    }, 150));
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { target, successful, xhr } = event.detail;
    const elt = event.detail.requestConfig?.elt ?? event.detail.elt; // what asked may be gone from the page by now
    clearTimeout(slow.get(xhr));
    root.classList.remove("is-loading");
    target?.classList.remove("is-slow");
    elt.removeAttribute("aria-busy");
    const form = elt.closest("form");
    if (form) all('[aria-busy="true"]', form).forEach((button) => button.removeAttribute("aria-busy"));
    if (form?.dataset.draft && successful && xhr.status < 300 && elt === form) { clearTimeout(form.draftTimer); store.drop(draftKey(form)); }
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, target, requestConfig } = event.detail;
    // A part that looks again by itself waits while somebody types in it; saving or cancelling draws it anew.
    if (elt === target && requestConfig?.triggeringEvent?.type.startsWith("sheets:") && find("form[data-draft]", target)) {
      event.detail.shouldSwap = false;
      return;
    }
    // What was accepted is no draft any more; a form that takes the place of its like would find it otherwise.
    const sent = requestConfig?.elt;
    if (sent?.matches?.("form[data-draft]") && event.detail.xhr.status < 300) { clearTimeout(sent.draftTimer); store.drop(draftKey(sent)); }
    answerWhereItStands(event.detail);
    if (target?.id === "notices" && frame()?.open) event.detail.target = find("#dialog-notices");
    // What a page asks for by itself leaves a refusal standing until somebody has read it.
    const isUnattended = Boolean(requestConfig?.headers?.["X-Unattended"]);
    if (target?.id !== "notices" && !isUnattended) find(frame()?.open ? "#dialog-notices" : "#notices")?.replaceChildren();
  });

  // A form that is a page of its own, opened by its plain address, would come back as a dialog over itself.
  function answerWhereItStands(detail) {
    const here = (detail.requestConfig?.elt ?? detail.elt)?.closest?.("form.dialog-form");
    if (!here || detail.target?.id !== "dialog" || here.closest("#dialog")) return;
    const again = find("form.dialog-form", new DOMParser().parseFromString(detail.xhr.response, "text/html"));
    const path = (form) => new URL(form.getAttribute("action") || "", location.href).pathname;
    if (!again || path(again) !== path(here)) return;
    detail.target = here;
    detail.swapOverride = "outerHTML";
    detail.serverResponse = again.outerHTML;
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const { target } = event.detail;
    if (target.id === "dialog" && frame().contains(target)) { if (target.childElementCount) openDialog(); else closeDialog(); }
    if (target.id === "palette-results") find("[data-option]", target)?.setAttribute("aria-selected", "true");
    if (target.id === "notices") target.scrollIntoView({ block: "nearest" });
    if (target.matches("form.dialog-form")) find('main form.dialog-form [aria-invalid="true"], main form.dialog-form .form-errors')?.focus();
  });

  // A redirect to a place on this very page would only scroll there: what was saved has to be drawn anew.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const address = event.detail.xhr.getResponseHeader("HX-Redirect");
    const there = address && new URL(address, location.href);
    if (!there?.hash || there.pathname + there.search !== location.pathname + location.search) return;
    event.preventDefault();
    history.replaceState(history.state, "", there.hash);
    location.reload();
  });

  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));

  document.addEventListener("htmx:sendError", () => toast({ text: words().failed, is_error: true }));
  document.addEventListener("htmx:responseError", () => toast({ text: words().broken, is_error: true }));
  document.addEventListener("dialog:close", closeDialog);
  document.addEventListener("toast", (event) => {
    const said = event.detail.value ?? event.detail;
    (Array.isArray(said) ? said : [said]).forEach((one) => toast(one));
  });

  settleDrafts();
  prepare(document);
  all("#toasts > .toast").forEach((box) => fade(box, find("[data-undo-url]", box) ? 8 : 4));
  if (document.body.classList.contains("narrow-nav")) root.dataset.side = "narrow";
  window.yunchou = { toast, csrf, closeDialog };
})();
