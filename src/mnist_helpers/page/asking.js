// Sends requests of the page's own HTML to the kernel, through a hidden text field.
(() => {
  if (window.digitsAsking) return;
  window.digitsAsking = { ask };

  // The kernel empties the field when it has taken a request. Until then, or for at most PATIENCE, the next one waits.
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

  // A toggle opens or closes the element after it. The request names all that is open, since requests may overtake each other.
  function turn(toggle, app) {
    toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") === "false"));
    ask(app, { open: [...app.querySelectorAll('[data-opens][aria-expanded="true"]')].map(({ dataset }) => dataset.opens) });
  }

  // An element with `data-ask` makes that request when it is clicked or chosen; one with `data-opens` is a toggle.
  addEventListener("click", ({ target }) => {
    const [asking, toggle] = [target.closest?.("[data-ask]"), target.closest?.("[data-opens]")];
    if (asking) ask(asking.closest(".digits-app"), JSON.parse(asking.dataset.ask));
    if (toggle) turn(toggle, toggle.closest(".digits-app"));
  });
})();
