/* Who is let in, decided without a network: the twin of door/decision.py, over the table that the server sends, proved by the same
   vectors (door/vectors.json). Also how a ticket is read and proved, and how a name is found. Plain ES2018, no dependencies. */
(function (root) {
  "use strict";
  const Door = (root.Door = root.Door || {});

  Door.facts = function (guest, session, scan, online, table) {
    const place = guest ? (guest.places || {})[String(session.id)] : undefined;
    const reply = guest ? guest.reply : "";
    let state = place ? place.state : "none";
    if ((state === "offered" || state === "held") && reply === "declined") state = "given_up";
    let time = "open";
    if (scan.at < session.starts - table.early) time = "early";
    else if (scan.at > session.ends + table.late) time = "over";
    return {
      code: scan.code,
      guest: !guest ? "unknown" : reply === "cancelled" ? "cancelled" : "known",
      ticket: scan.ticket,
      direction: scan.direction,
      inside: Boolean(place && place.inside),
      place: state,
      time: time,
      room: Boolean(session.room),
      vip: Boolean(guest && guest.vip),
      online: Boolean(online),
    };
  };

  Door.decide = function (facts, table) {
    return table.lines.find((line) => Object.keys(line.when).every((fact) => line.when[fact].includes(facts[fact])));
  };

  Door.line = function (why, table) {
    return table.lines.find((line) => line.why === why) || table.lines[table.lines.length - 1];
  };

  /* What a scan that let somebody in or out makes of a place: the first time is kept, nobody is counted twice. */
  Door.move = function (place, row) {
    const now = Object.assign({ state: "offered", inside: false }, place);
    if (row.why === "undo") {
      now.inside = false;
      if (now.first !== undefined && row.undoes === now.first) { delete now.first; delete now.where; }
    } else if (row.direction === "out") {
      now.inside = false;
    } else {
      now.inside = true;
      if (now.first === undefined || row.at < now.first) { now.first = row.at; now.where = row.where; }
    }
    return now;
  };

  /* YC1.<event>.<guest>.<ticket>.<signature>; null for anything else. */
  Door.read = function (text) {
    const said = text.trim();
    const parts = said.length <= 300 ? said.split(".") : [];
    if (parts.length !== 5 || parts[0] !== "YC1" || !/^[0-9a-z]+$/i.test(parts[1]) || !/^[0-9a-z]+$/i.test(parts[2])) return null;
    return { event: parseInt(parts[1], 36), guest: parseInt(parts[2], 36), ticket: parts[3], sign: parts[4], said: parts.slice(0, 4).join(".") };
  };

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const base64 = (raw) => btoa(String.fromCharCode(...raw)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const words = new TextEncoder();

  Door.canProve = Boolean(root.crypto && root.crypto.subtle);

  Door.genuine = async function (read, publicKey) {
    try {
      const key = await crypto.subtle.importKey("raw", bytes(publicKey), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
      return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytes(read.sign), words.encode(read.said));
    } catch (fault) {
      return false;
    }
  };

  Door.digest = async function (ticket) {
    return base64(new Uint8Array(await crypto.subtle.digest("SHA-256", words.encode(ticket))).slice(0, 16));
  };

  /* Characters, full pinyin and initials in any mixture, as kernel.core.search.mixed_pattern; digits are the end of a number. */
  Door.pattern = function (typed) {
    const signs = Array.from(typed.toLowerCase()).filter((sign) => /[0-9a-z\u3400-\u9fff]/.test(sign));
    if (!signs.length) return null;
    const han = (sign) => sign >= "\u3400" && sign <= "\u9fff";
    let found = "(^| )" + (han(signs[0]) ? signs[0] : "[^a-z0-9 |]?" + signs[0]);
    for (let n = 1; n < signs.length; n += 1) {
      const before = signs[n - 1], sign = signs[n];
      const following = "[a-z]* " + (han(sign) ? "" : "[^a-z0-9 |]?");
      found += (han(before) ? "(" + following + ")" : "(" + following + ")" + (han(sign) ? "" : "?")) + sign;
    }
    return new RegExp(found);
  };

  Door.find = function (guests, typed, most) {
    const asked = typed.trim().toLowerCase();
    if (!asked) return [];
    if (/^\d{1,4}$/.test(asked)) {
      return guests.filter((guest) => guest.tail && (asked.length === 4 ? guest.tail === asked : guest.tail.endsWith(asked))).slice(0, most);
    }
    const pattern = Door.pattern(asked);
    return guests.filter((guest) => guest.name.toLowerCase().includes(asked) || (pattern && pattern.test(guest.key || ""))).slice(0, most);
  };

  Door.newKey = function () {
    const raw = crypto.getRandomValues(new Uint8Array(16));
    raw[6] = (raw[6] & 15) | 64;
    raw[8] = (raw[8] & 63) | 128;
    const hex = Array.from(raw, (one) => one.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };
})(self);
