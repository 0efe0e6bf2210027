// Save the memory of a Python that has imported all that the page needs: `node memory.mjs PYODIDE PLACE LIBRARIES` writes memory.bin
// to PLACE, from the archives there, and memory.json, with what must be the same when it is restored, and what was imported.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { devNull } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

const [pyodide, place, libraries] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(pyodide, name)));
const content = (name) => readFileSync(join(place, name));
createRequire(import.meta.url)("./start.js");
await load("pyodide.asm.js");
const { loadPyodide } = await load("pyodide.mjs");

let before, table;
const python = await site.startPython({
  loadPyodide, indexURL: pyodide, stdLibURL: devNull, _makeSnapshot: true,
  files: ["own.bin", "rest.bin"].flatMap((name) => [...site.unpacked(gunzipSync(content(name)))]),
  libraries: JSON.parse(libraries).map(([name, file]) => [name, new WebAssembly.Module(content(file))]),
  onLoaded: (module) => { before = module.HEAP32.slice(); table = module.wasmTable.length; },
});
const failure = python.runPython(`
import traceback
try:
    import import_all
    told = None
except Exception:  # whose text does not reach JavaScript once there is a kernel
    told = traceback.format_exc()
told
`);
if (failure) {
  console.error(failure);
  process.exit(1);
}
const imported = python.runPython(`
import json, sys
places = {getattr(each, "__file__", None) or "" for each in list(sys.modules.values())}
json.dumps(sorted(place.removeprefix(import_all.HOME + "/") for place in places if place.endswith(".pyc")))
`);
for (const key of Object.keys(python._module.__hiwire_get(6))) delete python._module.__hiwire_get(6)[key]; // wanted empty
const kept = python.makeMemorySnapshot();
const words = new Int32Array(kept.buffer, 0, kept.length >> 2);
const start = words[1] >> 2; // of the memory itself
const sum = site.differ(words.subarray(start), before);
writeFileSync(join(place, "memory.bin"), gzipSync(kept, { level: 9 }));
writeFileSync(join(place, "memory.json"), JSON.stringify({ imported: JSON.parse(imported), start, length: before.length, table, sum }));
