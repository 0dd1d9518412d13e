// Suggestions while one types @…, answers, Ctrl Enter, and a stream that waits while somebody edits in it.
(() => {
  "use strict";
  const CALL = /(?:^|[^\w.+-])@([^\s@,，。；;：:、!！?？()（）]{0,20})$/;
  let timer = 0;
  let asked = 0;

  const listOf = (area) => area.parentElement.querySelector(".talk-people");
  const optionsOf = (list) => [...list.querySelectorAll("[role=option]")];
  const chosenOf = (list) => list.querySelector('[aria-selected="true"]');

  function close(list) {
    asked += 1;
    list.hidden = true;
    list.replaceChildren();
    list.parentElement.querySelector("textarea").removeAttribute("aria-activedescendant");
  }

  function choose(list, option) {
    optionsOf(list).forEach((one) => one.setAttribute("aria-selected", one === option));
    option.scrollIntoView({ block: "nearest" });
    list.parentElement.querySelector("textarea").setAttribute("aria-activedescendant", option.id);
  }

  function show(list, people) {
    list.replaceChildren(...people.map((person, number) => {
      const option = document.createElement("li");
      option.id = `call-${number}`;
      option.setAttribute("role", "option");
      option.dataset.insert = person.insert;
      const note = document.createElement("span");
      note.className = "note";
      note.textContent = person.note;
      option.append(person.name, " ", note);
      return option;
    }));
    list.hidden = !people.length;
    if (people.length) choose(list, list.firstElementChild);
  }

  function insert(area, list) {
    const option = chosenOf(list);
    const before = area.value.slice(0, area.selectionStart).replace(/@[^\s@]*$/, `${option.dataset.insert} `);
    area.value = before + area.value.slice(area.selectionStart);
    area.setSelectionRange(before.length, before.length);
    close(list);
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function suggest(area) {
    const list = listOf(area);
    const call = CALL.exec(area.value.slice(0, area.selectionStart));
    if (!call) { if (!list.hidden) close(list); return; }
    const mine = asked += 1;
    const address = new URL(area.dataset.mentions, location.href);
    address.searchParams.set("q", call[1]);
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    show(list, (await answer.json()).results);
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("textarea[data-mentions]")) return;
    clearTimeout(timer);
    timer = setTimeout(() => suggest(event.target), 120);
  });

  document.addEventListener("keydown", (event) => {
    const area = event.target;
    if (!area.matches("textarea[data-mentions]")) return;
    const list = listOf(area);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); area.form.requestSubmit(); return; }
    if (list.hidden || event.isComposing) return;
    const options = optionsOf(list);
    const now = options.indexOf(chosenOf(list));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(list, options[(now + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
    else if (event.key === "Enter" || event.key === "Tab") insert(area, list);
    else if (event.key === "Escape") close(list);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest(".talk-people [role=option]");
    document.querySelectorAll(".talk-people:not([hidden])").forEach((list) => { if (!list.contains(event.target)) close(list); });
    if (!option) return;
    event.preventDefault();
    const list = option.parentElement;
    choose(list, option);
    insert(list.parentElement.querySelector("textarea"), list);
  });

  document.addEventListener("click", (event) => {
    const reply = event.target.closest("[data-reply]");
    const drop = event.target.closest("[data-reply-drop]");
    const form = reply ? document.getElementById(reply.dataset.replyTo) : drop?.closest("form");
    if (!form) return;
    const note = form.querySelector("[data-reply-note]");
    form.elements.reply.value = reply ? reply.dataset.reply : "";
    form.querySelector("[data-reply-who]").textContent = reply ? reply.dataset.replyName : "";
    note.hidden = !reply;
    form.elements.text.focus();
  });

  document.addEventListener("change", (event) => {
    const pick = event.target.closest(".talk-pick");
    if (pick) pick.querySelector("[data-files]").textContent = [...event.target.files].map((file) => file.name).join("、");
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, target } = event.detail;
    if (elt === target && target.matches(".talk") && target.querySelector(".talk-edit")) event.detail.shouldSwap = false;
  });
})();
