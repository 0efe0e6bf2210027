// Asks the kernel for what neither pen nor widgets do.
(() => {
  if (window.digitsAsking) return;
  window.digitsAsking = { ask };

  function ask(app, request) {
    const field = app.querySelector(".digits-requests textarea");
    field.value = JSON.stringify(request);
    field.dispatchEvent(new Event("input", { bubbles: true }));
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
