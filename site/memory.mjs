// Keep the memory of a Python that has imported all that the page needs: `node memory.mjs PYODIDE STDLIB TAR FILE`.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, stdLibURL, tar, target] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(pyodide, name)));
createRequire(import.meta.url)("./start.js");
await load("pyodide.asm.js");
const { loadPyodide } = await load("pyodide.mjs");

const files = [...site.unpacked(readFileSync(tar))];
const libraries = files.filter(([name]) => name.endsWith(".so"));
let before, table;
const python = await site.startPython({
  loadPyodide, indexURL: pyodide, stdLibURL, _makeSnapshot: true,
  files: files.map(([name, content]) => [name, name.endsWith(".so") ? new Uint8Array() : content]),
  libraries: libraries.map(([name, content]) => [name, new WebAssembly.Module(content)]),
  onLoaded: (module) => { before = module.HEAP32.slice(); table = module.wasmTable.length; },
});
python.runPython(`
import sys, traceback
try:
    import import_all
except BaseException:  # its kernel would swallow what it prints
    traceback.print_exc(file=sys.__stdout__)
    raise
`);
for (const key of Object.keys(python._module.__hiwire_get(6))) delete python._module.__hiwire_get(6)[key]; // wanted empty
const kept = python.makeMemorySnapshot();
const words = new Int32Array(kept.buffer, 0, kept.length >> 2);
const start = words[1] >> 2; // of the memory itself
const sum = site.differ(words.subarray(start), before);
writeFileSync(target, kept);
writeFileSync(`${target}.json`, JSON.stringify({ start, length: before.length, table, sum }));
