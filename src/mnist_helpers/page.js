// Keyboard, and what a screen reader hears.
(() => {
  if (window.digitsPage) return;
  window.digitsPage = true;

  const keys = { u: "undo", z: "undo", c: "clear", Escape: "clear" };

  // In Lab only inside the app, whose other keys belong to the notebook.
  function appOf(target) {
    return target.closest?.(".digits-app") ?? (target === document.body ? document.querySelector(".digits-app") : null);
  }

  function actionOf(event) {
    const control = event.ctrlKey || event.metaKey;
    if (event.altKey || event.target.matches?.("input, select, textarea")) return null;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if ((key === "z") !== control || (control && key !== "z")) return null;
    return control && event.shiftKey ? "redo" : keys[key];
  }

  addEventListener("keydown", (event) => {
    const app = appOf(event.target);
    const action = app && actionOf(event);
    if (!action) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    app.querySelector(`.digits-${action}`).click();
  }, { capture: true });

  // The answer is spoken once the pen rests, not at every change.
  const PAUSE = 700; // milliseconds
  const live = Object.assign(document.createElement("div"), { className: "digits-spoken" });
  live.setAttribute("role", "status");
  let timer = 0;
  function speak() {
    live.textContent = document.querySelector(".answer-words")?.textContent ?? "";
  }
  new MutationObserver((changes) => {
    if (!changes.some(({ target }) => target.closest?.(".digits-answer"))) return;
    clearTimeout(timer);
    timer = setTimeout(speak, PAUSE);
  }).observe(document.body, { subtree: true, childList: true });
  document.body.append(live);
})();
