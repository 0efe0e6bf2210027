// Draws a stroke as soon as there is a pad that takes it, and notes by the page's own clock, which starts when the browser
// sets out for the page, when its ink is on the screen and when what the page says of it is. `canvas`, `tool`, `inked`
// and `answer` are selectors, POINTS shares of the canvas; a stroke that left no ink is drawn again after so many milliseconds.
({ canvas: PAD, tool: TOOL, answer: ANSWER, inked: INKED, again: AGAIN }, POINTS) => {
  const took = (window.took = {});
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const shown = (part) => [...document.querySelectorAll(part)].filter((one) => one.checkVisibility({ visibilityProperty: true }));
  const said = () => shown(ANSWER).map((one) => one.outerHTML).join();
  const isInked = (canvas) => {
    if (INKED) return shown(INKED).length > 0;
    const [x, y] = POINTS[0];
    pixel.clearRect(0, 0, 1, 1);
    pixel.drawImage(canvas, x * canvas.width, y * canvas.height, 1, 1, 0, 0, 1, 1);
    const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
    return alpha > 63 && red + green + blue < 384;
  };
  const send = (canvas, Type, name, [x, y]) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = { clientX: left + x * width, clientY: top + y * height, bubbles: true, cancelable: true };
    const mouse = { pointerId: 1, pointerType: "mouse", isPrimary: true, button: name.endsWith("move") ? -1 : 0 };
    return canvas.dispatchEvent(new Type(name, { ...at, ...mouse, buttons: name.endsWith("up") ? 0 : 1 }));
  };
  const draw = (canvas) => {
    const events = [["down", POINTS[0]], ...POINTS.map((point) => ["move", point]), ["up", POINTS.at(-1)]];
    for (const [name, point] of events) {
      send(canvas, PointerEvent, `pointer${name}`, point);
      send(canvas, MouseEvent, `mouse${name}`, point); // for a pad that listens to the mouse alone
    }
  };
  let tool, drawn, before;
  const begin = (canvas) => {
    const now = performance.now();
    if (!isInked(canvas) && !(now < drawn + AGAIN)) {
      before = said();
      draw(canvas);
      drawn = now;
    }
    if (!isInked(canvas)) return; // its script is not there yet, or it paints later
    took.begun = drawn;
    requestAnimationFrame(() => requestAnimationFrame(() => (took.ink = performance.now()))); // the next frame has it
  };
  const look = () => {
    if (took.begun) {
      if (!took.answer && said() !== before) took.answer = performance.now();
      return; // what is shown costs layout to know
    }
    if (TOOL && !tool) shown(TOOL).slice(0, 1).forEach((one) => (tool = one).click());
    const canvas = shown(PAD).at(-1);
    if (canvas?.width && (tool || !TOOL)) begin(canvas);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  requestAnimationFrame(function everyFrame() {
    look();
    if (!took.begun) requestAnimationFrame(everyFrame);
  });
}
