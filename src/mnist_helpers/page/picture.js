// Opens a picture: a file, a phone's camera, drag and drop, or the clipboard. It is reduced here before it is sent.
(() => {
  if (digitsPage.opensPictures) return;
  digitsPage.opensPictures = true;

  const SIDES = [1000, 700, 500, 350]; // pixels of the longer side; the kernel accepts no more than the first (pad_reader.py)
  const MAX_BYTES = 45000; // of a file, so that its message stays below the 64 KB that a public server accepts
  const FORMATS = [["image/png"], ["image/webp", 0.85], ["image/jpeg", 0.85], ["image/jpeg", 0.6]];

  function encoded(bitmap, type, quality) {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    if (type === "image/jpeg") context.fillRect(0, 0, bitmap.width, bitmap.height); // which has no transparency
    context.drawImage(bitmap, 0, 0);
    return canvas.convertToBlob({ type, quality });
  }

  // The browser decodes, resizes and encodes in the background.
  async function small(file) {
    const { width, height } = await createImageBitmap(file);
    for (const side of SIDES) {
      const scale = Math.min(side / Math.max(width, height), 1);
      const [resizeWidth, resizeHeight] = [width, height].map((length) => Math.max(Math.round(length * scale), 1));
      const bitmap = await createImageBitmap(file, { resizeWidth, resizeHeight, resizeQuality: "high" });
      for (const format of FORMATS) {
        const blob = await encoded(bitmap, ...format);
        if (blob.size <= MAX_BYTES) return blob;
      }
    }
  }

  function base64(blob) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.split(",")[1]);
      reader.onerror = reject;
      reader.readAsDataURL(blob);
    });
  }

  // A file that cannot be opened is sent as an empty text; the kernel answers with an error message.
  async function open(app, file) {
    if (!file || !app || app.querySelector(".digits-open").disabled) return;
    const picture = await small(file).then(base64).catch(() => "");
    digitsAsking.ask(app, { picture });
  }

  const inVoila = "voila" in document.body.dataset;
  const appAt = (target) => target.closest?.(".digits-app") ?? (inVoila ? document.querySelector(".digits-app") : null);

  let opener = null;
  const chooser = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", hidden: true });
  chooser.setAttribute("aria-label", "Open a picture");
  chooser.addEventListener("change", () => {
    open(opener ?? document.querySelector(".digits-app"), chooser.files[0]);
    chooser.value = ""; // so that the same file can be opened again
  });
  document.body.append(chooser);
  addEventListener("click", ({ target }) => {
    if (!target.closest?.(".digits-open")) return;
    opener = appAt(target);
    chooser.click();
  });

  for (const type of ["dragover", "drop"]) {
    addEventListener(type, (event) => {
      if (!event.dataTransfer?.types.includes("Files") || !appAt(event.target)) return;
      event.preventDefault();
      if (type === "drop") open(appAt(event.target), event.dataTransfer.files[0]);
    });
  }

  addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    if (!file || !appAt(event.target) || event.target.matches?.("input, textarea")) return;
    event.preventDefault();
    open(appAt(event.target), file);
  });
})();
