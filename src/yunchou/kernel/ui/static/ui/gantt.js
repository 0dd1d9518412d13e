// The Gantt chart: dhtmlx-gantt draws grid and bars, we draw what it cannot (baseline, overrun, links, today) in one overlay.
//
// <div class="gantt" data-gantt data-url="…" data-save-url="…" data-zoom="day|week|month" data-readonly></div>
//
// GET data-url answers:
//   { "tasks": [{ "id": 1, "text": "物料设计", "code": "T2", "owner": "李",
//                 "start": "2024-07-20", "end": "2024-07-25",   the end day is not counted; a milestone needs no end
//                 "progress": 0.8, "type": "task" | "milestone" | "group" | "wait", "parent": 7 or null,
//                 "critical": true, "status": "done", "statusLabel": "已完成", "lateDays": 3, "days": 5,
//                 "baselineStart": "2024-07-20", "baselineEnd": "2024-07-24", "note": "8月1日前全部到位",
//                 "url": "…", "locked": false }],              url opens in the dialog; locked rows cannot be dragged
//     "links": [{ "source": 1, "target": 2, "kind": "SS", "lag": 2 }],   finish to start without days between where nothing is said
//                 "ghostStart": "2024-07-20", "ghostEnd": "2024-07-24": where the baseline that is compared had the task
//     "days":  [{ "date": "2024-09-14", "kind": "off" | "holiday" | "makeup", "label": "中秋节" }],
//     "today": "2024-08-02",
//     "labels": { "code": …, "text": …, "owner": …, "dates": …, "days": …, "status": …, "off": "休", "makeup": "班", "today": "今" } }
//   Weekends not named in `days` are shaded; make-up workdays are not.
//
// Dragging or resizing posts JSON { "id", "start", "end" } to data-save-url. 200 answers { "tasks": [changed rows], "links": optional,
// "toast": {"text", "undo"} optional }; any other status answers { "error": { "message" } }: the message is shown and the rows are read again.
(() => {
  "use strict";
  const gantt = window.gantt;
  const zh = document.documentElement.lang.startsWith("zh");
  const phone = matchMedia("(max-width: 767px)").matches;
  const BAR = 16;
  const words = zh
    ? { code: "编号", text: "任务", owner: "负责", dates: "起止", days: "天", status: "状态", off: "休", makeup: "班", today: "今", failed: "未能保存" }
    : { code: "No.", text: "Task", owner: "Who", dates: "Dates", days: "Days", status: "Status", off: "–", makeup: "W", today: "•", failed: "Not saved" };
  const widths = { day: 26, week: 13, month: 5 };
  const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const iso = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
  const day = (text) => { const [y, m, d] = text.split("-").map(Number); return new Date(y, m - 1, d); };
  const next = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);
  const short = (text) => text.slice(5);
  let state = { days: new Map(), today: "", links: [] };
  let box;

  // ------------------------------------------------------------ reading

  function asTask(row) {
    const milestone = row.type === "milestone";
    const start = day(row.start);
    const end = row.end ? day(row.end) : next(start);
    return {
      ...row, kind: row.type, type: milestone ? "milestone" : "task", parent: row.parent || 0, open: true,
      start_date: start, end_date: milestone ? undefined : end > start ? end : next(start), progress: row.progress || 0,
      readonly: row.locked || row.type === "group" || row.type === "wait",
    };
  }

  function kindOf(date) {
    const known = state.days.get(iso(date));
    return known?.kind ?? (date.getDay() % 6 === 0 ? "off" : "");
  }

  async function load() {
    const data = await fetch(box.dataset.url, { headers: { Accept: "application/json" } }).then((answer) => answer.json());
    Object.assign(words, data.labels || {});
    state = { days: new Map((data.days || []).map((d) => [d.date, d])), today: data.today || "", links: data.links || [] };
    setColumns();
    fitRange(data.tasks);
    if (data.tasks.length > 80) { gantt.config.autosize = false; box.style.height = "calc(100dvh - 220px)"; }
    gantt.clearAll();
    gantt.parse({ data: data.tasks.map(asTask), links: [] });
    showToday();
  }

  function fitRange(tasks) {
    const from = tasks.flatMap((t) => [t.start, t.baselineStart, t.ghostStart]).filter(Boolean).sort();
    const to = tasks.flatMap((t) => [t.end || t.start, t.baselineEnd, t.ghostEnd]).filter(Boolean).sort();
    if (!from.length) return;
    const first = day(from[0]);
    const last = day(to.at(-1));
    gantt.config.start_date = new Date(first.getFullYear(), first.getMonth(), first.getDate() - ((first.getDay() + 6) % 7));
    gantt.config.end_date = new Date(last.getFullYear(), last.getMonth(), last.getDate() + 8);
  }

  function showToday() {
    if (!state.today) return;
    const at = gantt.posFromDate(day(state.today)) - gantt.$task.clientWidth / 3;
    if (at > gantt.$task.clientWidth / 2) gantt.scrollTo(at, null);
  }

  // ------------------------------------------------------------ grid and scale

  const name = (task) => {
    const text = escape(task.text);
    return task.url ? `<a class="gantt-name" href="${escape(task.url)}" data-task="${escape(task.id)}">${text}</a>` : `<span class="gantt-name">${text}</span>`;
  };
  const owner = (task) => (task.owner ? `<span class="avatar" title="${escape(task.owner)}">${escape(task.owner.slice(0, 1))}</span>` : "");
  const dates = (task) => escape(task.kind === "milestone" || !task.end ? short(task.start) : `${short(task.start)} — ${short(task.end)}`);
  const length = (task) => (task.kind === "milestone" || task.kind === "group" ? "" : task.days ?? Math.round((task.end_date - task.start_date) / 864e5));
  const status = (task) => {
    const level = task.lateDays > 2 ? "act" : task.lateDays > 0 ? "watch" : "";
    return `<span class="gantt-status" data-level="${level}">${escape(task.statusLabel)}</span>`;
  };

  function setColumns() {
    const text = { name: "text", label: escape(words.text), tree: true, width: phone ? 150 : 180, template: name, resize: true };
    gantt.config.columns = phone ? [text] : [
      { name: "code", label: escape(words.code), width: 48, template: (t) => escape(t.code) }, text,
      { name: "owner", label: escape(words.owner), width: 44, align: "center", template: owner },
      { name: "dates", label: escape(words.dates), width: 128, template: dates },
      { name: "days", label: escape(words.days), width: 40, align: "right", template: length },
      { name: "status", label: escape(words.status), width: 72, template: status },
    ];
    gantt.config.grid_width = gantt.config.columns.reduce((sum, column) => sum + column.width, 0);
    setScale(box.dataset.zoom || "week");
  }

  function setScale(zoom) {
    const month = { unit: "month", step: 1, format: (d) => (zh ? `${d.getFullYear()}年${d.getMonth() + 1}月` : d.toLocaleString("en", { month: "short", year: "numeric" })) };
    const week = { unit: "week", step: 1, format: (d) => `${d.getMonth() + 1}-${String(d.getDate()).padStart(2, "0")}` };
    const marks = { unit: "day", step: 1, format: dayMark, css: (d) => `day-mark ${iso(d) === state.today ? "is-today" : kindOf(d)}` };
    gantt.config.scales = zoom === "month" ? [month, { ...week, format: (d) => String(d.getDate()) }] : [month, week, marks];
    gantt.config.min_column_width = widths[zoom] || widths.week;
    gantt.config.scale_height = zoom === "month" ? 40 : 56;
    if (zoom === "month") gantt.config.scales[1] = { ...week, format: (d) => `${d.getMonth() + 1}-${d.getDate()}` };
  }

  function dayMark(date) {
    if (iso(date) === state.today) return escape(words.today);
    const known = state.days.get(iso(date));
    return known?.kind === "holiday" ? escape(words.off) : known?.kind === "makeup" ? escape(words.makeup) : "";
  }

  // ------------------------------------------------------------ the overlay

  const shape = (tag, attributes) => `<${tag} ${Object.entries(attributes).map(([k, v]) => `${k}="${v}"`).join(" ")}/>`;

  function placeOf(task) {
    const left = gantt.posFromDate(task.start_date);
    const right = task.kind === "milestone" ? left + BAR / 2 : gantt.posFromDate(task.end_date);
    const top = gantt.getTaskTop(task.id) + (gantt.config.row_height - BAR) / 2;
    return { left: task.kind === "milestone" ? left - BAR / 2 : left, right, top, middle: top + BAR / 2, bottom: top + BAR };
  }

  function baseline(task) {
    if (!task.baselineStart || !task.baselineEnd) return "";
    const at = placeOf(task);
    const from = gantt.posFromDate(day(task.baselineStart));
    const width = gantt.posFromDate(day(task.baselineEnd)) - from;
    return width > 0 ? shape("rect", { class: "gantt-base", x: from, y: at.bottom + 2.5, width, height: 3, rx: 1.5 }) : "";
  }

  // The baseline that is compared with: an outlined bar over the one of today.
  function ghost(task) {
    if (!task.ghostStart || !task.ghostEnd) return "";
    const at = placeOf(task);
    const from = gantt.posFromDate(day(task.ghostStart));
    const width = Math.max(4, gantt.posFromDate(day(task.ghostEnd)) - from);
    return shape("rect", { class: "gantt-ghost", x: from, y: at.top - 3, width, height: BAR + 6, rx: 3 });
  }

  function overrun(task) {
    if (!task.baselineEnd || task.kind !== "task") return "";
    const at = placeOf(task);
    const from = Math.max(at.left, gantt.posFromDate(day(task.baselineEnd)));
    return at.right > from ? shape("rect", { class: "gantt-over", x: from, y: at.top, width: at.right - from, height: BAR, rx: 2 }) : "";
  }

  function waiting(task) {
    if (task.kind !== "wait") return "";
    const at = placeOf(task);
    return shape("path", { class: "gantt-wait", d: `M${at.left},${at.middle}H${at.right}` });
  }

  // Links that do not lead from an end to a start: along the starts, along the ends, or from a start to an end.
  function sideLink(kind, a, b) {
    const back = b.top > a.top ? b.top - 8 : b.bottom + 8;
    const [left, right] = [Math.min(a.left, b.left) - 8, Math.max(a.right, b.right) + 8];
    const fromLeft = `M${b.left - 6},${b.middle - 3.5}l5,3.5l-5,3.5z`;
    const fromRight = `M${b.right + 6},${b.middle - 3.5}l-5,3.5l5,3.5z`;
    if (kind === "SS") return { d: `M${a.left},${a.middle}H${left}V${b.middle}H${b.left - 5}`, tip: fromLeft, at: [left - 2, "end"] };
    if (kind === "FF") return { d: `M${a.right},${a.middle}H${right}V${b.middle}H${b.right + 5}`, tip: fromRight, at: [right + 2, "start"] };
    return { d: `M${a.left},${a.middle}H${a.left - 8}V${back}H${b.right + 8}V${b.middle}H${b.right + 5}`, tip: fromRight, at: [b.right + 10, "start"] };
  }

  // The days between the two, small beside the line.
  function lagMark(lag, x, y, anchor) {
    return lag ? `<text class="gantt-lag" x="${x}" y="${y}" text-anchor="${anchor}">${lag > 0 ? "+" : "−"}${Math.abs(lag)}</text>` : "";
  }

  // A successor that begins where its predecessor ends is entered from above or below, others from the left.
  function link({ source, target, kind = "FS", lag = 0 }) {
    if (!gantt.isTaskExists(source) || !gantt.isTaskExists(target)) return "";
    const [from, to] = [gantt.getTask(source), gantt.getTask(target)];
    if (!gantt.isTaskVisible(source) || !gantt.isTaskVisible(target)) return "";
    const [a, b] = [placeOf(from), placeOf(to)];
    const critical = from.critical && to.critical;
    const down = b.top > a.top;
    let d;
    let tip;
    let mark = lagMark(lag, a.right + 8, down ? a.bottom + 4 : a.top - 2, "start");
    if (kind !== "FS") {
      const side = sideLink(kind, a, b);
      ({ d, tip } = side);
      mark = lagMark(lag, side.at[0], down ? b.top - 6 : b.bottom + 12, side.at[1]);
    } else if (b.left - a.right >= 12) {
      d = `M${a.right},${a.middle}H${a.right + 6}V${b.middle}H${b.left - 5}`;
      tip = `M${b.left - 6},${b.middle - 3.5}l5,3.5l-5,3.5z`;
    } else {
      const x = Math.min(Math.max(a.right + 5, b.left + 4), Math.max(b.right - 4, b.left + 4));
      const edge = down ? b.top - 1 : b.bottom + 1;
      const back = down ? edge - 5 : edge + 5;
      const turn = a.right + 5;
      d = Math.abs(turn - x) < 1 ? `M${a.right},${a.middle}H${x}V${back}` : `M${a.right},${a.middle}H${turn}V${down ? b.top - 8 : b.bottom + 8}H${x}V${back}`;
      tip = down ? `M${x - 3.5},${back - 1}h7l-3.5,5.5z` : `M${x - 3.5},${back + 1}h7l-3.5,-5.5z`;
    }
    const css = `gantt-link${critical ? " is-critical" : ""}`;
    return shape("path", { class: css, d }) + shape("path", { class: `${css} tip`, d: tip }) + mark;
  }

  function drawOverlay() {
    if (!gantt.$task_data) return;
    box.querySelector(".gantt-overlay")?.remove();
    const height = gantt.$task_data.scrollHeight || gantt.$task_bg.offsetHeight;
    const width = gantt.posFromDate(gantt.getState().max_date);
    const parts = [];
    gantt.eachTask((task) => {
      if (!gantt.isTaskVisible(task.id)) return;
      parts.push(baseline(task), ghost(task), overrun(task), waiting(task));
    });
    state.links.forEach((one) => parts.push(link(one)));
    if (state.today) {
      const x = gantt.posFromDate(day(state.today)) + gantt.config.min_column_width / 2;
      parts.push(shape("path", { class: "gantt-today", d: `M${x},0V${height}` }));
    }
    const overlay = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    overlay.setAttribute("class", "gantt-overlay");
    overlay.setAttribute("width", width);
    overlay.setAttribute("height", height);
    overlay.setAttribute("aria-hidden", "true");
    overlay.innerHTML = `<defs><pattern id="gantt-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-a" width="6" height="6"/><rect class="hatch-b" width="3" height="6"/></pattern></defs>${parts.join("")}`;
    gantt.$task_data.append(overlay);
  }

  // ------------------------------------------------------------ writing

  async function save(id) {
    const task = gantt.getTask(id);
    const body = JSON.stringify({ id: task.id, start: iso(task.start_date), end: iso(task.end_date || task.start_date) });
    const headers = { "X-CSRFToken": window.yunchou.csrf(), "Content-Type": "application/json", Accept: "application/json" };
    const answer = await fetch(box.dataset.saveUrl, { method: "POST", body, headers }).catch(() => null);
    const data = await answer?.json().catch(() => ({}));
    if (!answer?.ok) {
      window.yunchou.toast({ text: data?.error?.message || words.failed, is_error: true });
      await load();
      return;
    }
    (data.tasks || []).forEach((row) => { if (gantt.isTaskExists(row.id)) Object.assign(gantt.getTask(row.id), asTask(row)); });
    if (data.links) state.links = data.links;
    if (data.toast) window.yunchou.toast(data.toast);
    gantt.render();
  }

  function openTask(id) {
    const { url } = gantt.getTask(id);
    if (url) window.htmx.ajax("GET", url, { target: "#dialog", swap: "innerHTML" });
  }

  // ------------------------------------------------------------ start

  function configure() {
    const readonly = phone || "readonly" in box.dataset || !box.dataset.saveUrl;
    Object.assign(gantt.config, {
      csp: true, date_format: "%Y-%m-%d", autosize: "y", start_on_monday: true, row_height: 36, bar_height: BAR, show_links: false,
      drag_links: false, drag_progress: false, drag_move: !readonly, drag_resize: !readonly, round_dnd_dates: true, time_step: 1440, duration_unit: "day",
      details_on_dblclick: false, details_on_create: false, smart_rendering: false, static_background: false, show_progress: true, show_errors: false,
      open_tree_initially: true, fit_tasks: false, tooltip: false, scroll_size: 10, select_task: true, keyboard_navigation: false,
    });
    gantt.i18n.setLocale(zh ? "cn" : "en");
    const templates = gantt.templates;
    templates.task_text = () => "";
    templates.progress_text = () => "";
    templates.rightside_text = (start, end, task) => (task.note ? escape(task.note) : "");
    templates.task_class = (start, end, task) => `kind-${escape(task.kind)}${task.critical ? " is-critical" : ""}${task.progress >= 1 ? " is-done" : ""}`;
    templates.grid_row_class = templates.task_row_class = (start, end, task) => (task.kind === "group" ? "is-group" : "");
    templates.timeline_cell_class = (task, date) => ({ off: "off-day", holiday: "holiday" })[kindOf(date)] || "";
    templates.grid_folder = templates.grid_file = templates.grid_blank = () => "";
    gantt.attachEvent("onBeforeTaskDrag", (id) => !gantt.getTask(id).readonly);
    gantt.attachEvent("onAfterTaskDrag", (id) => { save(id); });
    gantt.attachEvent("onTaskDrag", () => { requestAnimationFrame(drawOverlay); });
    gantt.attachEvent("onGanttRender", drawOverlay);
    gantt.attachEvent("onDataRender", drawOverlay);
    gantt.attachEvent("onTaskDblClick", (id) => { if (id) openTask(id); return false; });
    gantt.attachEvent("onTaskClick", (id, event) => {
      if (!event.target.closest(".gantt-name[href]")) return true;
      event.preventDefault();
      openTask(id);
      return false;
    });
  }

  box = document.querySelector("[data-gantt]");
  if (box) {
    configure();
    setColumns();
    gantt.init(box);
    load();
    document.addEventListener("gantt:reload", load);
    document.addEventListener("click", (event) => {
      const zoom = event.target.closest("[data-gantt-zoom]");
      if (!zoom) return;
      document.querySelectorAll("[data-gantt-zoom]").forEach((other) => other.setAttribute("aria-pressed", other === zoom));
      box.dataset.zoom = zoom.dataset.ganttZoom;
      setScale(box.dataset.zoom);
      gantt.render();
      showToday();
    });
  }
})();
