// Paints strokes at once and sends them to the kernel in batches; for every pad on the page, in Voila and in Lab.
//
// ipycanvas paints only after a round trip to the kernel and sends each pointer event on its own. Here strokes are painted
// on the canvas directly and passed to ipycanvas ten times a second, as touch events, the only ones with several points.
// pointers.js decides which pointer draws.
(() => {
  if (window.digitPads) return;
  const pads = new WeakMap();
  const SEND_INTERVAL = 100; // milliseconds
  const AT_ONCE = -1; // in place of a timer's number; a timer would wait for the next picture to be painted
  const MAX_POINTS_PER_MESSAGE = 200; // far below what a server accepts
  const MIN_POINT_DISTANCE = 2; // pad units; nearer points are dropped
  const DOT = 0.1; // pad units, the length of the line that is painted for a dot: Chromium paints nothing for a line of length 0

  const state = (canvas) => canvas.closest(".digit-pad").querySelector("[data-received]").dataset;

  function padOf(canvas) {
    if (!pads.has(canvas)) place({ pending: [], stroke: null, timer: 0, sent: 0 }, canvas);
    return pads.get(canvas);
  }

  // After each update by the kernel, strokes that it has not painted yet are painted again.
  function place(pad, canvas) {
    const context = canvas.getContext("2d");
    pads.set(canvas, Object.assign(pad, { canvas, context }));
    context.drawImage = function (...image) {
      CanvasRenderingContext2D.prototype.drawImage.apply(this, image);
      show(pad, unconfirmed(pad));
    };
  }

  function show(pad, strokes) {
    pad.pending = strokes;
    pad.canvas.toggleAttribute("data-pending", strokes.length > 0);
    strokes.forEach((stroke) => paint(pad, stroke, stroke.points));
  }

  const unconfirmed = ({ canvas, pending }) => pending.filter(({ serial }) => serial > Number(state(canvas).received));

  function paint({ canvas, context }, { erases }, points) {
    if (erases) return; // the kernel finds out which strokes are crossed
    context.save();
    context.lineWidth = Number(state(canvas).pen);
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(points[0][0] - (points.length === 1 ? DOT : 0), points[0][1]);
    points.forEach((point) => context.lineTo(...point));
    context.stroke();
    context.restore();
  }

  function emit({ canvas }, type, points) {
    if (canvas.closest(".jupyter-widgets-disconnected")) return; // Jupyter's mark of widgets whose kernel was restarted
    const box = canvas.getBoundingClientRect();
    const touches = points.map(([x, y]) => ({
      clientX: box.left + (x * box.width) / canvas.width,
      clientY: box.top + (y * box.height) / canvas.height,
    }));
    canvas.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), { touches }));
  }

  // Sends the new points of a stroke or of an eraser's path: the first with its serial number, the last with their count. The
  // kernel accepts strokes in the order of their serial numbers, once, and only with all their points; so each can safely be
  // sent again.
  function send(pad, stroke) {
    const { serial, points, erases, lifted } = stroke;
    clearTimeout(pad.timer);
    pad.timer = 0;
    pad.sent = performance.now();
    const rest = points.slice(stroke.sent || 1);
    const nextBatch = () => rest.splice(0, MAX_POINTS_PER_MESSAGE);
    if (!stroke.sent) emit(pad, "touchstart", [points[0], [serial, Number(erases)], ...nextBatch()]);
    while (rest.length > (lifted ? MAX_POINTS_PER_MESSAGE : 0)) emit(pad, "touchmove", nextBatch());
    if (lifted) emit(pad, "touchend", [[points.length, 0], ...rest]);
    stroke.sent = points.length;
  }

  function sendLater(pad) {
    if (pad.timer) return;
    const wait = pad.sent + SEND_INTERVAL - performance.now();
    pad.timer = wait > 0 ? setTimeout(send, wait, pad, pad.stroke) : AT_ONCE;
    if (wait <= 0) queueMicrotask(() => pad.timer === AT_ONCE && send(pad, pad.stroke)); // after all points of this event
  }

  function start(pad, point, { erases } = { erases: false }) {
    const serial = (pad.pending.at(-1)?.serial ?? Number(state(pad.canvas).received)) + 1;
    pad.stroke = { serial, points: [point], erases, sent: 0, lifted: 0 };
    pad.pending.push(pad.stroke);
    pad.canvas.toggleAttribute("data-pending", true);
    paint(pad, pad.stroke, [point]);
    pad.sent = performance.now();
    sendLater(pad);
  }

  function extend(pad, point) {
    const last = pad.stroke.points.at(-1);
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) < MIN_POINT_DISTANCE) return;
    pad.stroke.points.push(point);
    paint(pad, pad.stroke, [last, point]);
    sendLater(pad);
  }

  function finish(pad) {
    if (!pad.stroke) return;
    pad.stroke.lifted = Date.now();
    send(pad, pad.stroke);
    pad.stroke = null;
  }

  // Withdraws the current stroke: with a wrong number of points the kernel drops it and paints the drawing again.
  function takeBack(pad) {
    if (!pad.stroke) return;
    send(pad, pad.stroke);
    pad.pending.pop();
    pad.stroke = null;
    emit(pad, "touchend", [[0, 0]]);
  }

  // After a lost connection: asks for all state of the kernel, and sends all strokes that it has not confirmed.
  function resend(pad) {
    emit(pad, "touchcancel", []);
    for (const stroke of unconfirmed(pad)) {
      stroke.sent = 0;
      if (stroke.lifted) stroke.lifted = Date.now();
      send(pad, stroke);
    }
  }

  // Moves the strokes of the early pad, which has no kernel, to a pad with one; the current stroke goes on there.
  function handOver(pad, canvas) {
    place(pad, canvas);
    let serial = Number(state(canvas).received);
    for (const stroke of pad.pending) Object.assign(stroke, { serial: ++serial, sent: 0, lifted: stroke.lifted && Date.now() });
    show(pad, pad.pending);
    pad.pending.forEach((stroke) => send(pad, stroke));
  }

  // Used by pointers.js, by early.js for the pad without a kernel, and by page.js to know what the kernel has not confirmed.
  window.digitPads = {
    of: padOf,
    start,
    extend,
    finish,
    takeBack,
    handOver,
    replace(pad, strokes) {
      pad.context.clearRect(0, 0, pad.canvas.width, pad.canvas.height);
      show(pad, strokes);
    },
    strokes(canvas) {
      const drawn = unconfirmed(padOf(canvas)).filter(({ erases }) => !erases);
      return [...JSON.parse(state(canvas).drawing), ...drawn.map(({ points }) => points)];
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
