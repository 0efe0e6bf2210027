// The early pad, in the page's first bytes, takes ink before there is a kernel. Here are its undo and clear, and the handover of
// its strokes to the pad with a kernel.
(() => {
  const early = document.getElementById("early");
  const pad = digitPads.of(early.querySelector("canvas"));
  const SAME = ["canvas", ".digits-undo", ".digits-clear"]; // elements that can have the focus on both pads
  const WHOLE = [...SAME, "[data-received]", ".digits-tools select", "[data-answer]", "[data-pixels]", ".digits-toggles button"];

  let cleared = []; // strokes that undo brings back
  const current = () => pad.pending.filter((stroke) => stroke === pad.stroke);
  const finished = () => pad.pending.filter((stroke) => stroke !== pad.stroke);
  early.querySelector(".digits-undo").onclick = () => {
    const strokes = finished();
    const before = strokes.length ? strokes.slice(0, -1) : cleared;
    if (!strokes.length) cleared = [];
    digitPads.replace(pad, [...before, ...current()]);
  };
  early.querySelector(".digits-clear").onclick = () => {
    cleared = finished();
    digitPads.replace(pad, current());
  };

  // While a pointer is down, the early pad stays, invisible, to receive its events.
  function leave() {
    if (!pad.pointer && !pad.isTouched) early.remove();
  }

  function handOver() {
    const real = document.getElementById("rendered_cells");
    if (!WHOLE.every((part) => real?.querySelector(`.digits-app ${part}`))) return;
    if (!real.querySelector(".digit-pad canvas").clientWidth) return; // not laid out yet
    waiting.disconnect();
    const focused = SAME.find((part) => document.activeElement.matches(part));
    real.scrollTop = early.scrollTop;
    real.style.visibility = "";
    early.classList.add("over");
    digitPads.handOver(pad, real.querySelector(".digit-pad canvas"));
    if (focused) real.querySelector(focused).focus();
    for (const type of ["pointerup", "pointercancel", "touchend", "touchcancel"]) addEventListener(type, leave, { capture: true });
    leave();
  }
  const waiting = new MutationObserver(handOver);
  waiting.observe(document.body, { subtree: true, childList: true, attributeFilter: ["class", "style"] });
})();
