// The worker in which Python runs. The first bytes of the page start it, while the frame around the notebook still loads, and
// JupyterLite's kernel then uses it. It reports to the page what is loaded or missing. `make site` inserts SITE above.
const FOLDER = new URL("./static/pyodide/", self.location).href;
importScripts(`${FOLDER}pyodide.js`, `${FOLDER}pyodide.asm.js`, "./start.js", SITE.kernel);
const startPyodide = self.loadPyodide;

const isKept = self.name === "kept"; // the service worker has all files, and copying what is read would take time
let loaded = 0;
async function count(body) {
  for (let part, reader = body.getReader(); !(part = await reader.read()).done; ) {
    loaded += part.value.length;
    postMessage({ loaded, whole: SITE.whole });
  }
}

const fetchAsUsual = self.fetch;
self.fetch = async (address, options) => { // Pyodide's own files come through here too
  const isMissing = () => postMessage({ missing: new URL(address, FOLDER).pathname.split("/").pop() });
  const response = await fetchAsUsual(address, options).catch(() => null);
  if (!response?.ok) isMissing();
  else if (!isKept) count(response.clone().body).catch(isMissing);
  return response ?? Response.error();
};

async function unzipped(name) {
  const { body } = await fetch(FOLDER + name);
  return new Uint8Array(await new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

async function begun() {
  const optional = WebAssembly.compileStreaming(fetch(`${FOLDER}convolution.wasm`)).catch(() => null); // NumPy can do without
  const compiled = SITE.libraries.map(async ([name, file]) => [name, await WebAssembly.compileStreaming(fetch(FOLDER + file))]);
  const all = [unzipped("own.bin"), unzipped("memory.bin"), optional, ...compiled];
  const [own, memory, convolution, ...libraries] = await Promise.all(all);
  const files = [...site.unpacked(own)];
  const options = { loadPyodide: startPyodide, indexURL: FOLDER, stdLibURL: "data:,", files, libraries, convolution };
  const words = new Int32Array(memory.buffer, 0, memory.length >> 2);
  const { start, length, table, sum } = SITE.memory;
  let fits = true; // not if the browser has another memory layout; then Python imports everything itself
  const onLoaded = (module) => {
    fits = site.differ(words.subarray(start), module.HEAP32.subarray(0, length)) === sum && module.wasmTable.length === table;
    if (!fits) words[0] = 0; // so that Pyodide refuses the memory
  };
  try {
    return await site.startPython({ ...options, onLoaded, _loadSnapshot: memory });
  } catch (error) {
    if (fits) throw error;
    files.push(...site.unpacked(await unzipped("rest.bin")));
    const python = await site.startPython({ ...options, onLoaded: () => {} });
    python.runPython("import import_all");
    return python;
  }
}

const started = begun();
started.catch(({ message }) => postMessage({ failed: message }));
self.importScripts = () => {}; // the kernel loads Pyodide's script, which is here already
self.loadPyodide = () => started;
