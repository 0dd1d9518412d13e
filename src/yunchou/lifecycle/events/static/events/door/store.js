/* What the device keeps over a restart: its token, the list, where guests stand, and what has not been sent (IndexedDB). */
(function (root) {
  "use strict";
  const Door = (root.Door = root.Door || {});
  const STORES = { kept: undefined, places: "id", queue: "key", refused: "key" };
  let opening = null;

  function open() {
    opening = opening || new Promise((done, failed) => {
      const asked = indexedDB.open("yunchou-door", 1);
      asked.onupgradeneeded = () => Object.keys(STORES).forEach((name) => asked.result.createObjectStore(name, STORES[name] ? { keyPath: STORES[name] } : undefined));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
    return opening;
  }

  /* Runs `work` on a store and waits until it is on disk. */
  async function within(names, mode, work) {
    const database = await open();
    return new Promise((done, failed) => {
      const transaction = database.transaction(names, mode);
      const asked = work(transaction);
      transaction.oncomplete = () => done(asked ? asked.result : undefined);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  }

  Door.store = {
    get: (name) => within(["kept"], "readonly", (t) => t.objectStore("kept").get(name)),
    set: (name, value) => within(["kept"], "readwrite", (t) => t.objectStore("kept").put(value, name)),
    all: (store) => within([store], "readonly", (t) => t.objectStore(store).getAll()),
    put: (store, row) => within([store], "readwrite", (t) => t.objectStore(store).put(row)),
    /* A scan and what it makes of the place belong together. */
    decided: (row, place) => within(["queue", "places"], "readwrite", (t) => {
      t.objectStore("queue").put(row);
      if (place) t.objectStore("places").put(place);
    }),
    drop: (store, keys) => within([store], "readwrite", (t) => { keys.forEach((key) => t.objectStore(store).delete(key)); }),
    clear: (store) => within([store], "readwrite", (t) => { t.objectStore(store).clear(); }),
  };
})(self);
