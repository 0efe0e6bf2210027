// Shows beside the early pad how much of Python is loaded, or why the page does not start. Once it has started and the pen rests,
// registers the service worker, which caches its files for later visits. `python` is the worker, which the page has started before.
(() => {
  const START_TIMEOUT = 60_000; // milliseconds from the last file to the start of the page
  const early = document.getElementById("early");
  const words = early.querySelector(".answer-words");
  const made = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const progress = made("span", { ariaHidden: "true" }); // changes too often for a screen reader
  words.lastElementChild.append(" ", progress);

  function fail(reason) {
    if (words.querySelector("[role=alert]")) return; // the first reason is the cause of all others
    const button = made("button", { textContent: "Reload", onclick: () => location.reload() });
    words.replaceChildren(made("span", { role: "alert", textContent: reason }), button);
  }

  let patience;
  function wait() {
    clearTimeout(patience);
    patience = setTimeout(tell, START_TIMEOUT, { failed: "nothing was heard of it for a minute" });
  }

  const megabytes = (bytes) => Math.round(bytes / 1e6);
  function tell({ loaded, whole, missing, failed }) {
    if (missing) fail(`A file of this page did not arrive (${missing}).`);
    else if (failed) fail(`Python did not start here (${failed}). It needs about 300 MB of memory: close other pages.`);
    else if (whole) {
      progress.textContent = loaded < whole ? `Python, ${megabytes(loaded)} of ${megabytes(whole)} MB.` : "Python starts.";
      wait();
    }
  }

  // Browsers compile the scripts that are cached, which takes more than a second of a core's time.
  const PAUSE = 1000; // milliseconds
  let pause;
  const restart = () => {
    clearTimeout(pause);
    pause = setTimeout(keep, PAUSE);
  };
  function keep() {
    removeEventListener("pointermove", restart, true);
    navigator.serviceWorker?.register("./service-worker.js").catch(() => {}); // a private window may forbid it
  }

  const waiting = new MutationObserver(() => {
    if (early.isConnected) return;
    waiting.disconnect();
    clearTimeout(patience);
    addEventListener("pointermove", restart, { capture: true, passive: true });
    restart();
  });
  waiting.observe(document.body, { childList: true });

  if (typeof WebAssembly !== "object") {
    fail("This browser has no WebAssembly, or forbids it here, and Python needs it. Allow it or use another browser.");
  }
  python.addEventListener("message", ({ data }) => tell(data));
  python.addEventListener("error", () => tell({ missing: "python.js" }));
  wait();
  window.Worker = function () { return python; }; // the frame starts one worker, for Python, and gets this one
})();
