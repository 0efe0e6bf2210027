// Tells beside the early pad how much of Python is loaded, and in a sentence why the page does not come, if it does not. Once it
// is there, the service worker keeps its files for later visits.
(() => {
  const PYTHON = "./static/pyodide/";
  const START_TIMEOUT = 60_000; // milliseconds from the last file to the page
  const early = document.getElementById("early");
  const words = early.querySelector(".answer-words");
  const made = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const progress = made("span", { ariaHidden: "true" }); // it changes too often to be spoken
  words.lastElementChild.append(" ", progress);

  function fail(reason) {
    const button = made("button", { textContent: "Reload", onclick: () => location.reload() });
    words.replaceChildren(made("span", { role: "alert", textContent: reason }), button);
  }

  // The same files that Python's loader asks for: the browser fetches each once.
  async function load(names) {
    let done = 0;
    let whole = 0;
    await Promise.all(names.map(async (name) => {
      const response = await fetch(PYTHON + name).catch(() => null);
      if (!response?.ok) throw new Error(name);
      whole += Number(response.headers.get("Content-Length"));
      const reader = response.body.getReader();
      for (let part; !(part = await reader.read().catch(() => { throw new Error(name); })).done; ) {
        done += part.value.length;
        const text = `Python, ${Math.round(done / 1e6)} of ${Math.round(Math.max(whole, done) / 1e6)} MB.`;
        if (progress.textContent !== text) progress.textContent = text;
      }
    }));
    progress.textContent = "Python starts.";
  }

  async function start() {
    if (typeof WebAssembly !== "object") {
      return fail("This browser has no WebAssembly, or forbids it here, and Python needs it. Allow it or use another browser.");
    }
    try {
      const { packages } = await (await fetch(`${PYTHON}pyodide-lock.json`)).json();
      const wheels = Object.values(packages).map((each) => each.file_name);
      await load(["pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", ...wheels]);
    } catch (error) {
      return fail(`A file of this page did not arrive (${error.message}).`);
    }
    setTimeout(fail, START_TIMEOUT, "Python did not start here. It needs about 300 MB of memory: close other pages.");
  }

  const waiting = new MutationObserver(() => {
    if (early.isConnected) return;
    waiting.disconnect();
    navigator.serviceWorker?.register("./service-worker.js").catch(() => {}); // a private window may forbid it
  });
  waiting.observe(document.body, { childList: true });
  start();
})();
