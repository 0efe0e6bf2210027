// Ink under the pen at once, and pen events that cost little. Serves every pad on the page, in Voila and in Lab.
//
// ipycanvas paints only after a round trip to the kernel and reports every event by itself. Here pointer events are
// painted straight onto the canvas and handed to ipycanvas ten times a second, as touches: the one kind of event that
// carries several points.
(() => {
  if (window.digitPads) return;
  const pads = new WeakMap();
  const SEND_INTERVAL = 100; // milliseconds
  const MAX_POINTS_PER_MESSAGE = 200; // points in a message, far below what a server takes
  const MIN_POINT_DISTANCE = 2; // pad units between two points worth keeping
  const PEN_NEAR = 3000; // milliseconds after a pen was seen in which a touch is the hand that holds it
  const DOT = 0.1; // pad units that a dot is long: Chromium paints nothing for a line without any length

  const canvasOf = (event) => event.target.closest?.(".digit-pad canvas");
  const state = (canvas) => canvas.closest(".digit-pad").querySelector("[data-received]").dataset;

  // Strokes that the kernel has not painted yet stay on the canvas through its updates.
  function padOf(canvas) {
    if (pads.has(canvas)) return pads.get(canvas);
    const context = canvas.getContext("2d");
    const pad = { canvas, context, pending: [], batch: [], stroke: null, pointer: null, timer: 0, sent: 0 };
    context.drawImage = function (...image) {
      CanvasRenderingContext2D.prototype.drawImage.apply(this, image);
      pad.pending = unconfirmed(pad);
      canvas.toggleAttribute("data-pending", pad.pending.length > 0);
      pad.pending.forEach((stroke) => paint(pad, stroke.points));
    };
    pads.set(canvas, pad);
    return pad;
  }

  const unconfirmed = ({ canvas, pending }) => pending.filter(({ serial }) => serial > Number(state(canvas).received));

  function paint({ canvas, context }, points) {
    context.save();
    context.lineWidth = Number(state(canvas).pen);
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(points[0][0] - (points.length === 1 ? DOT : 0), points[0][1]);
    points.forEach((point) => context.lineTo(...point));
    context.stroke();
    context.restore();
  }

  function send({ canvas }, type, points) {
    if (canvas.closest(".jupyter-widgets-disconnected")) return; // Jupyter's mark of widgets whose kernel was restarted
    const box = canvas.getBoundingClientRect();
    const touches = points.map(([x, y]) => ({
      clientX: box.left + (x * box.width) / canvas.width,
      clientY: box.top + (y * box.height) / canvas.height,
    }));
    canvas.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), { touches }));
  }

  function flush(pad) {
    clearTimeout(pad.timer);
    pad.timer = 0;
    pad.sent = performance.now();
    sendPoints(pad, pad.batch.splice(0));
  }

  function sendPoints(pad, points) {
    for (let at = 0; at < points.length; at += MAX_POINTS_PER_MESSAGE) send(pad, "touchmove", points.slice(at, at + MAX_POINTS_PER_MESSAGE));
  }

  // The kernel takes strokes in the order of their numbers and with all their points, or not at all; so each can be sent
  // again without being there twice.
  const sendStart = (pad, { serial, points }) => send(pad, "touchstart", [points[0], [serial, 0]]);
  const sendEnd = (pad, { points }) => send(pad, "touchend", [[points.length, 0]]);

  function start(pad, point) {
    const serial = (pad.pending.at(-1)?.serial ?? Number(state(pad.canvas).received)) + 1;
    pad.stroke = { serial, points: [point] };
    pad.pending.push(pad.stroke);
    pad.canvas.toggleAttribute("data-pending", true);
    paint(pad, [point]);
    sendStart(pad, pad.stroke);
  }

  function extend(pad, point) {
    const last = pad.stroke.points.at(-1);
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) < MIN_POINT_DISTANCE) return;
    pad.stroke.points.push(point);
    paint(pad, [last, point]);
    pad.batch.push(point);
    pad.timer ||= setTimeout(flush, Math.max(pad.sent + SEND_INTERVAL - performance.now(), 0), pad);
  }

  function finish(pad) {
    if (!pad.stroke) return;
    flush(pad);
    pad.stroke.lifted = Date.now();
    sendEnd(pad, pad.stroke);
    pad.stroke = null;
  }

  // The kernel drops a stroke that has other points than are counted, and paints the rest anew.
  function takeBack(pad) {
    if (!pad.stroke) return;
    pad.batch = [];
    pad.pending.pop();
    pad.stroke = null;
    send(pad, "touchend", [[0, 0]]);
  }

  // After a cut: ask for all that the kernel has said, and send all that it has not confirmed.
  function resend(pad) {
    pad.batch = [];
    send(pad, "touchcancel", []);
    for (const stroke of unconfirmed(pad)) {
      sendStart(pad, stroke);
      sendPoints(pad, stroke.points.slice(1));
      if (stroke === pad.stroke) continue;
      stroke.lifted = Date.now();
      sendEnd(pad, stroke);
    }
  }

  const position = ({ canvas }, { clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [((clientX - box.left) * canvas.width) / box.width, ((clientY - box.top) * canvas.height) / box.height];
  };
  const inside = ({ canvas }, [x, y]) => x >= 0 && y >= 0 && x <= canvas.width && y <= canvas.height;

  // Where the way from a point on the pad to one beside it crosses the edge.
  function edge({ canvas }, from, to) {
    const way = [canvas.width, canvas.height].map((size, axis) => {
      const limit = to[axis] < 0 ? 0 : to[axis] > size ? size : to[axis];
      return to[axis] === from[axis] ? 1 : (limit - from[axis]) / (to[axis] - from[axis]);
    });
    return from.map((value, axis) => value + Math.min(...way) * (to[axis] - value));
  }

  // Ink ends at the pad's edge; a pen that comes back starts a new stroke there.
  function move(pad, point) {
    const before = pad.at;
    pad.at = point;
    if (inside(pad, point)) {
      if (!pad.stroke) start(pad, inside(pad, before) ? before : edge(pad, point, before));
      extend(pad, point);
    } else if (pad.stroke) {
      extend(pad, edge(pad, pad.stroke.points.at(-1), point));
      finish(pad);
    }
  }

  const on = (types, listener) => types.split(" ").forEach((type) => addEventListener(type, listener, { capture: true }));

  on("pointerdown", (event) => {
    const canvas = canvasOf(event);
    if (!canvas || event.button !== 0) return;
    const pad = padOf(canvas);
    const isPen = event.pointerType === "pen";
    if (isPen) pad.penSeen = performance.now();
    if (isPen && pad.isTouch) takeBack(pad); // it was a palm
    else if (pad.pointer !== null || (event.pointerType === "touch" && performance.now() - pad.penSeen < PEN_NEAR)) return;
    pad.isTouch = event.pointerType === "touch";
    canvas.setPointerCapture(event.pointerId);
    pad.pointer = event.pointerId;
    pad.at = position(pad, event);
    start(pad, pad.at);
  });

  on("pointermove", (event) => {
    const pad = pads.get(canvasOf(event));
    if (pad && event.pointerType === "pen") pad.penSeen = performance.now();
    if (pad?.pointer !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    (events.length ? events : [event]).forEach((one) => move(pad, position(pad, one)));
  });

  on("pointerup pointercancel lostpointercapture", (event) => {
    const pad = pads.get(canvasOf(event));
    if (pad?.pointer !== event.pointerId) return;
    pad.pointer = null;
    pad.isTouch = false;
    finish(pad);
  });

  // ipycanvas would send each of these to the kernel, and swallow the Tab key and the wheel.
  on("mousedown mousemove mouseup mouseout wheel keydown touchstart touchmove touchend touchcancel", (event) => {
    if (event.isTrusted && canvasOf(event)) event.stopPropagation();
  });

  // Chromium takes a quick stroke for a fling, and would ignore the next tap, on Undo say.
  const asks = { capture: true, passive: false };
  addEventListener("touchstart", (event) => event.isTrusted && canvasOf(event) && event.preventDefault(), asks);

  // For those who must know what is on a pad when its kernel does not: page.js.
  window.digitPads = {
    strokes(canvas) {
      return [...JSON.parse(state(canvas).drawing), ...unconfirmed(padOf(canvas)).map(({ points }) => points)];
    },
    oldestUnconfirmedMs(canvas) {
      const oldest = unconfirmed(padOf(canvas)).find(({ lifted }) => lifted);
      return oldest ? Date.now() - oldest.lifted : 0;
    },
    resend: (canvas) => resend(padOf(canvas)),
    draw(canvas, strokes) {
      const pad = padOf(canvas);
      for (const [first, ...others] of strokes) {
        start(pad, first);
        others.forEach((point) => extend(pad, point));
        finish(pad);
      }
    },
  };
})();
