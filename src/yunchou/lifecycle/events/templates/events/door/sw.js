/* Keeps the door's page and files on the device. What the app asks of the server is never kept here: the app keeps its own list. */
"use strict";
const KEPT = "yunchou-door-{{ stamp }}", HOME = "{{ home }}", FILES = {{ files|safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("yunchou-door-") && name !== KEPT;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin || address.pathname.startsWith(HOME + "api/")) return;
  /* The page as new as the network has it within a moment; its files, whose addresses change with them, as kept. */
  const kept = () => caches.match(event.request, { ignoreSearch: true });
  if (event.request.mode === "navigate") {
    const fresh = fetch(event.request).then((response) => {
      if (response.ok) { const copy = response.clone(); caches.open(KEPT).then((cache) => cache.put(HOME, copy)); }
      return response;
    });
    const late = new Promise((done) => setTimeout(() => kept().then(done), 2500));
    event.respondWith(Promise.race([fresh, late]).then((found) => found || fresh).catch(() => kept().then((found) => found || caches.match(HOME))));
    return;
  }
  event.respondWith(kept().then((found) => found || fetch(event.request)));
});
