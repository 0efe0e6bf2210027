// Decides which pointer draws or erases on a pad: mouse, pen or finger, but no palm.
(() => {
  if (digitPads.hasPointers) return;
  digitPads.hasPointers = true;
  const { start, extend, finish, takeBack } = digitPads;
  const ERASERS = 2 | 32; // bits of a pointer's `buttons`: the right button and the eraser end of a pen
  const PEN_NEAR = 3000; // milliseconds after a pen event in which touches are ignored: they are the hand that holds the pen
  const REST = 20; // pad units; a touch that moves less is a resting hand

  const canvasOf = (event) => event.target.closest?.(".digit-pad canvas");
  const padOf = (event) => canvasOf(event) && digitPads.of(canvasOf(event));
  const distance = (one, other) => Math.hypot(one[0] - other[0], one[1] - other[1]);

  const position = ({ canvas }, { clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [((clientX - box.left) * canvas.width) / box.width, ((clientY - box.top) * canvas.height) / box.height];
  };
  const inside = ({ canvas }, [x, y]) => x >= 0 && y >= 0 && x <= canvas.width && y <= canvas.height;

  // The point where the line from a point on the pad to one outside crosses the edge.
  function edge({ canvas }, from, to) {
    const shares = [canvas.width, canvas.height].map((size, axis) => {
      const limit = Math.min(Math.max(to[axis], 0), size);
      return to[axis] === from[axis] ? 1 : (limit - from[axis]) / (to[axis] - from[axis]);
    });
    return from.map((value, axis) => value + Math.min(...shares) * (to[axis] - value));
  }

  // A stroke ends at the pad's edge; a pointer that comes back starts a new one there.
  function move(pad, point) {
    const before = pad.pointer.at;
    pad.pointer.at = point;
    if (inside(pad, point)) {
      if (!pad.stroke) start(pad, inside(pad, before) ? before : edge(pad, point, before), pad.pointer);
      extend(pad, point);
    } else if (pad.stroke) {
      extend(pad, edge(pad, pad.stroke.points.at(-1), point));
      finish(pad);
    }
  }

  const isCaptured = ({ canvas, pointer }) => canvas.hasPointerCapture(pointer.id);

  // Lets a pointer draw, instead of one that turned out to be a palm.
  function begin(pad, pointer) {
    takeBack(pad);
    pad.pointer = pointer;
    try {
      if (!isCaptured(pad)) pad.canvas.setPointerCapture(pointer.id); // touches are captured by the browser itself
    } catch {} // without capture the stroke goes on with the events over the pad
    start(pad, pointer.at, pointer);
  }

  function end(pad) {
    finish(pad);
    pad.pointer = null;
  }

  // A touch at rest is a palm: a pen, or another touch that moves, takes over.
  const rests = ({ pointer, stroke }) =>
    pointer.isTouch && stroke?.points.every((point) => distance(point, stroke.points[0]) < REST);

  function takeOver(pad, event) {
    const { second } = pad;
    if (second?.id !== event.pointerId || !rests(pad)) return;
    if (distance(position(pad, event), second.at) > REST) begin(pad, second);
  }

  const on = (types, listener, passive = true) =>
    types.split(" ").forEach((type) => addEventListener(type, listener, { capture: true, passive }));

  on("pointerdown", (event) => {
    const pad = padOf(event);
    const erases = (event.buttons & ERASERS) > 0;
    if (!pad || (event.button !== 0 && !erases)) return;
    const isPen = event.pointerType === "pen";
    const isTouch = event.pointerType === "touch";
    if (isPen) pad.penSeen = performance.now();
    if (isTouch && performance.now() - pad.penSeen < PEN_NEAR) return;
    const pointer = { id: event.pointerId, at: position(pad, event), isTouch, erases };
    if (!pad.pointer || (isPen && pad.pointer.isTouch)) begin(pad, pointer);
    else pad.second = pointer;
  });

  on("pointermove", (event) => {
    const pad = padOf(event);
    if (pad && event.pointerType === "pen") pad.penSeen = performance.now();
    if (!pad?.pointer) return;
    takeOver(pad, event);
    if (pad.pointer.id !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    (events.length ? events : [event]).forEach((one) => move(pad, position(pad, one)));
  });

  on("pointerup pointercancel lostpointercapture", (event) => {
    const pad = padOf(event);
    if (pad?.pointer?.id !== event.pointerId) return;
    if (event.type === "pointerup" || !pad.isTouched) end(pad);
  });

  // Safari is said to cancel a captured pointer while its touch goes on. So a touch whose pointer is not captured, or no longer,
  // draws by its touch events.
  on("touchstart touchmove touchend touchcancel", (event) => {
    const pad = event.isTrusted && padOf(event);
    if (!pad) return;
    const touches = [...event.targetTouches].map((touch) => position(pad, touch));
    pad.isTouched = touches.length > 0;
    if (!pad.pointer || isCaptured(pad)) return;
    const [nearest] = touches.sort((one, other) => distance(one, pad.pointer.at) - distance(other, pad.pointer.at));
    if (!nearest) end(pad);
    else if (event.type === "touchmove") move(pad, nearest);
  });

  // ipycanvas would send each of these events to the kernel, and block the Tab key and the wheel.
  on("mousedown mousemove mouseup mouseout wheel keydown touchstart touchmove touchend touchcancel", (event) => {
    if (event.isTrusted && canvasOf(event)) event.stopPropagation();
  });

  // Chromium takes a quick stroke for a fling and would ignore the next tap, for example on Undo. A right click opens a menu.
  const prevent = (event) => event.isTrusted && canvasOf(event) && event.preventDefault();
  on("touchstart contextmenu", prevent, false);
})();
