// Dragging people to seats and tables to other spots, by mouse, pen and finger (a long press lifts). Everything that is done
// goes to the server as one move; it answers with the parts that look otherwise now. Without this script seats are pressed.
(() => {
  "use strict";
  const box = document.querySelector(".seating");
  if (!box) return;
  const FAR = 6;
  const LONG = 280;
  let lift = null;
  let ghost = null;
  let target = null;
  let timer = 0;
  let justDragged = false;

  // ------------------------------------------------------------ the list: search, and whom it shows

  const people = box.querySelector(".seating-people");
  const search = people.querySelector("[data-people-search]");

  function sift() {
    const words = search.value.trim().toLowerCase();
    let shown = 0;
    people.querySelectorAll(".seat-person").forEach((one) => {
      const fits = !words || one.dataset.find.includes(words);
      one.classList.toggle("is-hidden", !fits);
      if (fits && !(people.dataset.show === "rest" && one.classList.contains("is-seated"))) shown += 1;
    });
    people.querySelector("[data-nobody]").hidden = shown > 0;
  }

  search.addEventListener("input", sift);
  people.addEventListener("click", (event) => {
    const button = event.target.closest("[data-people]");
    if (!button) return;
    people.dataset.show = button.dataset.people;
    people.querySelectorAll("[data-people]").forEach((other) => {
      other.setAttribute("aria-pressed", other === button);
      other.classList.toggle("quiet", other !== button);
    });
    sift();
  });
  document.body.addEventListener("htmx:oobAfterSwap", sift);
  sift();

  // ------------------------------------------------------------ lifting

  function liftable(start) {
    const chair = start.closest(".chair[data-place]");
    const person = start.closest(".seat-person");
    if ((chair || person) && "maySeat" in box.dataset) {
      const from = chair || person;
      return { kind: "person", from, place: from.dataset.place, seen: from.dataset.seen || "", name: from.querySelector(".who, .person-name").textContent.trim() };
    }
    const handle = start.closest("[data-handle]");
    if (handle && !start.closest("a") && "mayEdit" in box.dataset) {
      const from = handle.closest(".furniture");
      return { kind: "table", from, name: handle.querySelector(".plate-name").textContent };
    }
    return null;
  }

  // On a phone the room is a list, which is scrolled and pressed.
  const isList = () => matchMedia("(max-width: 767px)").matches;

  box.addEventListener("pointerdown", (event) => {
    if (event.button || isList()) return;
    const found = liftable(event.target);
    if (!found) return;
    lift = { ...found, x: event.clientX, y: event.clientY, on: false, touch: event.pointerType === "touch" };
    if (lift.touch) timer = setTimeout(begin, LONG);
  });

  function begin() {
    if (!lift) return;
    lift.on = true;
    ghost = document.createElement("div");
    ghost.className = "drag-ghost";
    ghost.textContent = lift.name;
    document.body.append(ghost);
    document.body.classList.add("is-dragging");
    lift.from.classList.add("is-lifted");
    follow(lift.x, lift.y);
  }

  document.addEventListener("pointermove", (event) => {
    if (!lift) return;
    const far = Math.hypot(event.clientX - lift.x, event.clientY - lift.y) > FAR;
    if (!lift.on) {
      if (!far) return;
      if (lift.touch) { drop(); return; }
      begin();
    }
    event.preventDefault();
    follow(event.clientX, event.clientY);
  });
  // A finger that has lifted something does not scroll.
  document.addEventListener("touchmove", (event) => { if (lift?.on) event.preventDefault(); }, { passive: false });

  function follow(x, y) {
    ghost.style.left = `${x}px`;
    ghost.style.top = `${y}px`;
    mark(aimed(x, y));
    const frame = box.querySelector(".room-scroll");
    const at = frame.getBoundingClientRect();
    if (x > at.left && x < at.right) {
      if (y > at.bottom - 30) frame.scrollTop += 12;
      if (y < at.top + 30) frame.scrollTop -= 12;
      if (x > at.right - 30) frame.scrollLeft += 12;
      if (x < at.left + 30) frame.scrollLeft -= 12;
    }
  }

  function aimed(x, y) {
    const under = document.elementFromPoint(x, y);
    if (!under) return null;
    if (lift.kind === "table") {
      const other = under.closest(".furniture");
      if (other === lift.from) return null;
      return other || (under.closest("#room") ? { cell: cellAt(x, y) } : null);
    }
    const chair = under.closest(".chair");
    if (chair) return chair === lift.from ? null : chair;
    return under.closest(".furniture") || under.closest("[data-drop-away]");
  }

  // Which spot of the room lies under the pointer.
  function cellAt(x, y) {
    const room = document.getElementById("room");
    const at = room.getBoundingClientRect();
    const style = getComputedStyle(room);
    const find = (sizes, gap, offset) => {
      let edge = 0;
      for (let n = 0; n < sizes.length; n += 1) {
        edge += sizes[n] + gap;
        if (offset < edge) return n + 1;
      }
      return sizes.length + 1;
    };
    const sizes = (text) => text.split(" ").map(parseFloat);
    const column = find(sizes(style.gridTemplateColumns), parseFloat(style.columnGap), x - at.left - parseFloat(style.paddingLeft));
    const row = find(sizes(style.gridTemplateRows), parseFloat(style.rowGap), y - at.top) - 1;
    return { x: column, y: Math.max(1, row) };
  }

  function mark(next) {
    if (target instanceof Element) target.classList.remove("is-target");
    target = next;
    if (target instanceof Element) target.classList.add("is-target");
  }

  document.addEventListener("pointerup", (event) => {
    if (!lift) return;
    const { on } = lift;
    if (on) {
      justDragged = true;
      setTimeout(() => { justDragged = false; });
      const to = target;
      const moved = lift;
      drop();
      if (to) send(moved, to, event.altKey);
    } else drop();
  });
  document.addEventListener("pointercancel", () => drop());
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && lift) drop(); });
  // The press that ended a drag opens nothing.
  box.addEventListener("click", (event) => { if (justDragged) { event.preventDefault(); event.stopPropagation(); } }, true);
  box.addEventListener("dragstart", (event) => event.preventDefault());

  function drop() {
    clearTimeout(timer);
    if (lift) lift.from.classList.remove("is-lifted");
    mark(null);
    ghost?.remove();
    ghost = null;
    lift = null;
    document.body.classList.remove("is-dragging");
  }

  // ------------------------------------------------------------ one move

  function send(moved, to, party) {
    if (moved.kind === "table") {
      const spot = to.cell || { x: to.dataset.x, y: to.dataset.y };
      post(moved.from.dataset.spot, spot);
      return;
    }
    const values = { place: moved.place, seen: moved.seen };
    if (to.classList.contains("chair")) {
      if (to.dataset.place) {
        values.other = to.dataset.place;
        values.seen_other = to.dataset.seen || "";
      } else {
        values.table = to.closest(".furniture").dataset.table;
        values.number = to.dataset.chair;
        if (party) withParty(values);
      }
    } else if (to.classList.contains("furniture")) {
      values.table = to.dataset.table;
      withParty(values);
    } else if (!moved.seen) return;
    post(box.dataset.move, values);
  }

  // Who comes along moves, too: the page says where it showed everybody.
  function withParty(values) {
    const seats = [...box.querySelectorAll(".chair[data-place]")].map((chair) => [chair.dataset.place, chair.dataset.seen || ""]);
    values.party = "1";
    values.seen_all = JSON.stringify(Object.fromEntries(seats));
  }

  function post(address, values) {
    window.htmx.ajax("POST", address, { source: box, target: "#dialog", swap: "innerHTML", values });
  }

  // A move that was refused may have met somebody else's: the plan is looked at again. Nothing is drawn anew under a drag.
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr?.status === 409) document.body.dispatchEvent(new Event("seating:look"));
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "seating-poll" && lift?.on) event.preventDefault();
  });
})();
