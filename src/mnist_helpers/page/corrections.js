// A tile, or its number's key, says what was meant. What was told is kept in this browser, and sent on the next visit.
(() => {
  if (window.digitsTold) return;
  window.digitsTold = true;

  const KEY = "mnist-helpers drawings 1"; // with the version of what is stored: lines of a drawings file, oldest first
  const MAX_LINES = 200; // as the kernel remembers
  const MAX_CHARACTERS = 40000; // in a message, so that it is below the 64 KB that a public server takes

  function kept() {
    try {
      return (localStorage.getItem(KEY) ?? "").split("\n").filter(Boolean);
    } catch {
      return []; // it is forbidden
    }
  }

  function keep(app, lines) {
    try {
      localStorage.setItem(KEY, lines.slice(-MAX_LINES).join("\n"));
    } catch {
      digitsAsking.ask(app, { told: { full: true } });
    }
  }

  // Sends the newest lines that no more than fill a message; the kernel says how many it has, and gets those before.
  const sent = new WeakMap();
  function send(app, { first }) {
    const lines = kept();
    const end = lines.length - (first ? 0 : sent.get(app));
    let begin = end;
    for (let room = MAX_CHARACTERS; begin > 0 && (room -= lines[begin - 1].length) > 0; ) begin -= 1;
    sent.set(app, lines.length - begin);
    const more = begin > 0 && begin < end;
    if (first || begin < end) digitsAsking.ask(app, { told: { kept: { lines: lines.slice(begin, end), first, more } } });
  }

  // What the kernel says in the answer: what to keep and to drop, or that it wants more.
  const done = new WeakSet();
  function obey() {
    for (const told of document.querySelectorAll("[data-keep], [data-wants]")) {
      const app = told.closest(".digits-app");
      if (done.has(told) || !app) continue;
      done.add(told);
      if (told.dataset.wants) {
        send(app, { first: false });
        continue;
      }
      const [added, dropped] = [told.dataset.keep, told.dataset.drop].map((lines) => JSON.parse(lines));
      const others = kept().filter((line) => !dropped.includes(line) && !added.includes(line));
      if (added.length || dropped.length) keep(app, [...others, ...added]);
    }
  }

  // A page with a kernel gets what was kept before, once.
  const fields = () => document.querySelectorAll(".digits-app .digits-requests textarea");
  function greet() {
    for (const field of fields()) {
      const app = field.closest(".digits-app");
      if (sent.has(app)) continue;
      sent.set(app, 0);
      if (kept().length) send(app, { first: true });
    }
  }

  // Who never tells anything is not watched.
  let watching = null;
  function watch() {
    watching ??= new MutationObserver(() => (greet(), obey()));
    watching.observe(document.body, { subtree: true, childList: true });
    greet();
  }
  if (kept().length) watch();
  addEventListener("storage", ({ key }) => {
    if (key === KEY) fields().forEach((field) => send(field.closest(".digits-app"), { first: true }));
  });

  addEventListener("click", ({ target }) => {
    const tile = target.closest?.("[data-digit]");
    if (tile || target.closest?.("[data-ask]")) watch();
    if (tile) digitsAsking.ask(tile.closest(".digits-app"), { told: { meant: Number(tile.dataset.digit) } });
  }, { capture: true });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !/^[0-9]$/.test(event.key)) return;
    const tile = !event.target.matches?.("input, select, textarea") && digitsPage.appOf(event.target)?.querySelector(`[data-digit="${event.key}"]`);
    if (!tile) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tile.click();
  }, { capture: true });
})();
