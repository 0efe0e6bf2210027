// Asks the kernel for what neither pen nor widgets do.
(() => {
  if (window.digitsAsking) return;
  window.digitsAsking = { ask };

  // One at a time: the kernel empties the field when it has taken a request, and before that a second would replace it.
  const PATIENCE = 3000; // milliseconds
  const queues = new WeakMap();
  function ask(app, request) {
    const field = app.querySelector(".digits-requests textarea");
    const queue = queues.get(field) ?? queues.set(field, []).get(field);
    if (queue.push(JSON.stringify(request)) === 1) give(field, queue);
  }

  function give(field, queue) {
    field.value = queue[0];
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const given = performance.now();
    const timer = setInterval(() => {
      if (field.value && performance.now() - given < PATIENCE) return;
      clearInterval(timer);
      queue.shift();
      if (queue.length) give(field, queue);
    }, 10);
  }

  // A toggle opens and closes what is after it at once. All that is open is told: of two requests, one may overtake the other.
  function turn(toggle, app) {
    toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") === "false"));
    ask(app, { open: [...app.querySelectorAll('[data-opens][aria-expanded="true"]')].map(({ dataset }) => dataset.opens) });
  }

  // What is tapped, or chosen by the keyboard, may say what it asks.
  addEventListener("click", ({ target }) => {
    const [asking, toggle] = [target.closest?.("[data-ask]"), target.closest?.("[data-opens]")];
    if (asking) ask(asking.closest(".digits-app"), JSON.parse(asking.dataset.ask));
    if (toggle) turn(toggle, toggle.closest(".digits-app"));
  });
})();
