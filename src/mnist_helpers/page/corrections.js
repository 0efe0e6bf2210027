// A tapped tile, or the key of its digit, corrects the digit that is selected. Corrections are stored in this browser and sent to
// the kernel on the next visit.
(() => {
  if (window.digitsCorrections) return;
  window.digitsCorrections = true;

  const KEY = "mnist-helpers drawings 1"; // lines of a drawings file, oldest first; 1 is the format's version
  const MAX_LINES = 200; // as many as the kernel keeps
  const MAX_CHARACTERS = 40000; // of a message, so that it stays below the 64 KB that a public server accepts

  function stored() {
    try {
      return (localStorage.getItem(KEY) ?? "").split("\n").filter(Boolean);
    } catch {
      return []; // storage is forbidden
    }
  }

  function store(app, lines) {
    try {
      localStorage.setItem(KEY, lines.slice(-MAX_LINES).join("\n"));
    } catch {
      digitsAsking.ask(app, { correction: { full: true } });
    }
  }

  // Sends as many of the newest lines as fit into a message. The kernel says how many it has, and then gets those before them.
  const sent = new WeakMap();
  function send(app, { first }) {
    const lines = stored();
    const end = lines.length - (first ? 0 : sent.get(app));
    let begin = end;
    for (let room = MAX_CHARACTERS; begin > 0 && (room -= lines[begin - 1].length) > 0; ) begin -= 1;
    sent.set(app, lines.length - begin);
    const more = begin > 0 && begin < end;
    if (first || begin < end) digitsAsking.ask(app, { correction: { kept: { lines: lines.slice(begin, end), first, more } } });
  }

  // The answer's HTML says which lines to store and to remove, or that the kernel wants more of them.
  const done = new WeakSet();
  function obey() {
    for (const note of document.querySelectorAll("[data-keep], [data-wants]")) {
      const app = note.closest(".digits-app");
      if (done.has(note) || !app) continue;
      done.add(note);
      if (note.dataset.wants) {
        send(app, { first: false });
        continue;
      }
      const [added, dropped] = [note.dataset.keep, note.dataset.drop].map((lines) => JSON.parse(lines));
      const others = stored().filter((line) => !dropped.includes(line) && !added.includes(line));
      if (added.length || dropped.length) store(app, [...others, ...added]);
    }
  }

  // Each page gets the stored lines once, when its kernel is there.
  const fields = () => document.querySelectorAll(".digits-app .digits-requests textarea");
  function greet() {
    for (const field of fields()) {
      const app = field.closest(".digits-app");
      if (sent.has(app)) continue;
      sent.set(app, 0);
      if (stored().length) send(app, { first: true });
    }
  }

  // The page is observed only once there are corrections.
  let watching = null;
  function watch() {
    watching ??= new MutationObserver(() => (greet(), obey()));
    watching.observe(document.body, { subtree: true, childList: true });
    greet();
  }
  if (stored().length) watch();
  addEventListener("storage", ({ key }) => {
    if (key === KEY) fields().forEach((field) => send(field.closest(".digits-app"), { first: true }));
  });

  addEventListener("click", ({ target }) => {
    const tile = target.closest?.("[data-digit]");
    if (tile || target.closest?.("[data-ask]")) watch();
    if (tile) digitsAsking.ask(tile.closest(".digits-app"), { correction: { meant: Number(tile.dataset.digit) } });
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
