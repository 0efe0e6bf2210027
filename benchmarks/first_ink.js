// Draws a stroke as soon as there is a canvas that takes ink, and notes by the page's own clock, which starts when the
// browser sets out for the page, when the ink is on the screen and when its answer is. Given the POINTS, in shares of the
// canvas, and what the page shows once it has answered.
(POINTS, ANSWER) => {
  const took = (window.took = {});
  const send = (canvas, type, [x, y]) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = { clientX: left + x * width, clientY: top + y * height };
    const mouse = { pointerId: 1, pointerType: "mouse", button: type === "pointermove" ? -1 : 0, buttons: 1 };
    canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, ...at, ...mouse }));
  };
  const isInked = (canvas) => {
    const place = POINTS[0].map((share) => share * canvas.width);
    return canvas.getContext("2d").getImageData(...place, 1, 1).data[3] > 127;
  };
  const begin = (canvas) => {
    send(canvas, "pointerdown", POINTS[0]);
    if (!isInked(canvas)) return; // its script is not there yet
    took.begun = performance.now();
    for (const point of POINTS) send(canvas, "pointermove", point);
    send(canvas, "pointerup", POINTS.at(-1));
    requestAnimationFrame(() => requestAnimationFrame(() => (took.ink = performance.now()))); // the next frame has it
  };
  const look = () => {
    const canvas = document.querySelector("canvas");
    if (canvas && !took.begun) begin(canvas);
    if (!took.answer && document.querySelector(ANSWER)?.checkVisibility({ visibilityProperty: true })) took.answer = performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}
