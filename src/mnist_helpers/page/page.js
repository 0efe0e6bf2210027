// Keyboard shortcuts, announcements for screen readers, and notices when the kernel or the connection is lost.
(() => {
  if (window.digitsPage) return;
  window.digitsPage = { appOf };

  const keys = { u: "undo", z: "undo", c: "clear", Escape: "clear" };

  // In Lab keys count only inside the app; elsewhere they belong to the notebook.
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

  // The digit image and the marks come in one message with the answer and are moved from there to their places.
  const places = { "[data-pixels]": ".digits-digit", ".pad-marks": ".digit-pad" };
  function placeParts() {
    for (const [moved, place] of Object.entries(places)) {
      for (const part of document.querySelectorAll(`.digits-live ${moved}`)) {
        const room = part.closest(".digits-app")?.querySelector(place);
        if (!room) continue; // the page is not complete yet
        room.querySelector(moved)?.remove();
        room.prepend(part);
      }
    }
  }

  // Each answer replaces elements. If one of them has the focus, the new one with the same `data-focus` gets it.
  let focused = null;
  addEventListener("focusin", ({ target }) => { focused = target.matches("[data-focus]") ? { target, app: appOf(target) } : null; });
  addEventListener("focusout", ({ target }) => queueMicrotask(() => { if (target.isConnected && focused?.target === target) focused = null; }));
  function keepFocus() {
    if (!focused || focused.target.isConnected) return;
    const { target, app } = focused;
    focused = null;
    app.querySelector(`[data-focus="${target.dataset.focus}"]`)?.focus();
  }

  // A screen reader speaks the answer once it has not changed for a while.
  const PAUSE = 700; // milliseconds
  const live = Object.assign(document.createElement("div"), { className: "digits-spoken" });
  live.setAttribute("role", "status");
  let timer = 0;
  function speak() {
    live.textContent = document.querySelector(".answer-words")?.innerText ?? "";
  }
  new MutationObserver((changes) => {
    placeParts();
    keepFocus();
    for (const canvas of document.querySelectorAll(".digit-pad canvas:not([aria-label])")) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", "Pad to draw on");
    }
    if (!changes.some(({ target }) => target.closest?.(".digits-answer"))) return;
    clearTimeout(timer);
    timer = setTimeout(speak, PAUSE);
  }).observe(document.body, { subtree: true, childList: true });
  document.body.append(live);

  // A kernel is lost if it does not confirm a stroke in time, or if the server does not know it any more.
  const CONFIRM_TIMEOUT = 3000; // milliseconds
  const canvases = () => [...document.querySelectorAll(".digit-pad canvas")];
  const config = () => JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}"); // is there with the kernel
  const isServed = document.body.dataset.voila === "voila"; // by Voila, not in Lab or as static files
  const reloads = "reload" in document.body.dataset; // `make dev`

  const notice = Object.assign(document.createElement("div"), { className: "digits-lost", hidden: true });
  notice.setAttribute("role", "alert");
  const noticeText = document.createElement("p");
  const continueButton = Object.assign(document.createElement("button"), { textContent: "Continue", onclick: continueAfresh });
  notice.append(noticeText, continueButton);
  document.body.append(notice);

  function continueAfresh() {
    history.replaceState({ drawing: canvases().map(digitPads.strokes)[0] ?? [] }, ""); // storage may be forbidden
    location.reload();
  }

  function showNotice(text, { button }) {
    if (noticeText.textContent !== text) noticeText.textContent = text;
    continueButton.hidden = !button;
    notice.hidden = !text;
  }

  const CUT = "jupyter-widgets-disconnected"; // Jupyter's mark of widgets whose kernel was restarted
  const isDisconnected = () => document.querySelector(`.digits-app.${CUT}`) !== null;
  const waiting = () => Math.max(0, ...canvases().map(digitPads.oldestUnconfirmedMs));
  const isOverdue = () => isDisconnected() || waiting() > CONFIRM_TIMEOUT;

  // Voila's own connection to the kernel. It waits longer after each attempt to reconnect, and gives up after seven.
  const connection = () => (isServed ? window.jupyterapp?.widgetManager?.kernel : null);
  let watched = null;
  let wasUnreachable = false;

  // JupyterLab keeps each message until the kernel is idle; the kernel of a served page sends no such status after events.
  function disposeEventFutures(kernel) {
    const { sendShellMessage } = kernel;
    kernel.sendShellMessage = (message, ...others) => {
      const future = sendShellMessage.call(kernel, message, ...others);
      if (message.content.data?.method === "custom") future.dispose();
      return future;
    };
  }

  // While disconnected only the pad works: buttons would act in another order than the strokes around them.
  function watch() {
    if (watched || !(watched = connection())) return;
    disposeEventFutures(watched);
    watched.connectionStatusChanged.connect((_, status) => {
      const isBack = status === "connected";
      for (const control of document.querySelectorAll(".digits-app :is(button, select)")) control.disabled = !isBack;
      if (watched.isDisposed) document.querySelector(".digits-app")?.classList.add(CUT); // the kernel died
      if (isBack) {
        wasUnreachable = false;
        canvases().forEach(digitPads.resend);
      }
      check();
    });
  }

  // Scripts cannot see Lab's connection, and static files have none. So strokes that are late are sent again, with a notice until
  // all have arrived.
  function checkUnserved() {
    const isLate = waiting() > CONFIRM_TIMEOUT || (waiting() && !notice.hidden);
    if (waiting() > CONFIRM_TIMEOUT) canvases().forEach(digitPads.resend);
    const silent = isLate ? "The kernel does not answer. What you draw is kept, and sent again." : "";
    showNotice(isDisconnected() ? "The kernel was restarted. Run the cell again." : silent, { button: false });
  }

  // The early pad is still there: the kernel or the scripts are slow, or did not load.
  const START_TIMEOUT = 10000; // milliseconds
  let arrived = 0;
  addEventListener("load", () => (arrived = performance.now()));
  function checkStart() {
    const isLate = performance.now() > START_TIMEOUT;
    const isLost = arrived && (!config().kernelId || performance.now() - arrived > START_TIMEOUT);
    if (isLost) showNotice("The page did not start. What you drew is kept.", { button: true });
    else if (isLate) showNotice("Getting ready takes long today. You can draw meanwhile.", { button: false });
  }

  async function check() {
    if (document.getElementById("early")) return isServed ? checkStart() : null; // static files have site/loading.js
    if (!isServed) return checkUnserved();
    if (!isOverdue() && document.hidden) return;
    const signal = AbortSignal.timeout(CONFIRM_TIMEOUT);
    const { baseUrl, kernelId } = config();
    const status = await fetch(`${baseUrl}api/kernels/${kernelId}`, { signal }).then((answer) => answer.status, () => 0);
    const isKnown = status >= 200 && status < 300;
    const isGone = status === 404; // any other error, as of a busy proxy, says nothing about the kernel
    if (isGone && reloads) return continueAfresh();
    if (isGone) return showNotice("This session has ended. What you drew is kept.", { button: true });
    if (isKnown && wasUnreachable) watched?.reconnect().catch(() => {});
    const isCut = status === 0 || (watched && watched.connectionStatus !== "connected");
    wasUnreachable = isCut && !isKnown;
    if (isCut) {
      return showNotice("The connection is lost. What you draw is kept, and sent when it is back.", { button: false });
    }
    showNotice(isOverdue() ? "The server does not respond. Your drawing is kept." : "", { button: true });
  }

  const CHECK_INTERVAL = reloads ? 1000 : 10000; // milliseconds
  setInterval(watch, 100);
  setInterval(() => (isDisconnected() || waiting() || !notice.hidden || document.getElementById("early")) && check(), 1000);
  setInterval(check, CHECK_INTERVAL);
  addEventListener("visibilitychange", check);

  // After "Continue" the drawing is drawn again.
  const kept = history.state?.drawing ?? [];
  if (kept.length) history.replaceState(null, "");
  const restore = ([canvas]) => canvas?.closest(".digit-pad").querySelector("[data-received]") && !digitPads.draw(canvas, kept);
  const restored = new MutationObserver(() => restore(canvases()) && restored.disconnect());
  if (kept.length && !restore(canvases())) restored.observe(document.body, { subtree: true, childList: true });
})();
