// Starts Python with the packages of the page. Importing them takes seconds, so `make site` saves the memory of a Python that has
// imported them (memory.mjs), and python.js restores it. Compiled code must then be at the same addresses: libraries are loaded in
// the same order, before Python, and a checksum of the memory is compared.
const ENVIRONMENT = { LANG: "C.UTF-8" }; // is part of the memory
const HOME = "/lib/python3.12/"; // where all modules are
const FIRST_MEMORY = 20_971_520, MOST_PAGES = 65_536; // as Pyodide has them: bytes, and pages of 64 KB

// The files of a tar archive, as [name, content].
function* unpacked(tar) {
  const text = (from, length) => new TextDecoder().decode(tar.subarray(from, from + length)).replace(/\0.*/s, "");
  for (let at = 0, size; tar[at]; at += 512 + Math.ceil(size / 512) * 512) {
    size = parseInt(text(at + 124, 12), 8);
    const folder = text(at + 345, 155);
    yield [(folder && `${folder}/`) + text(at, 100), tar.subarray(at + 512, at + 512 + size)];
  }
}

// Memory is saved as its difference from the memory before Python starts, most of which comes from the libraries. Returns a
// checksum of the latter.
function differ(memory, before) {
  let sum = 0;
  for (let at = 0; at < before.length; at++) {
    memory[at] ^= before[at];
    sum = (sum + Math.imul(before[at], at + 1)) | 0;
  }
  return sum;
}

// Where WebAssembly cannot count the arguments of a function (Node 20, iPhones), Python calls JavaScript for it, so that the table
// of functions has the same length everywhere.
function countArguments(module) {
  const place = module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_COUNT_ARGS_OFFSET >> 2];
  module._PyEM_CountArgsPtr = module.addFunction((pointer) => module.wasmTable.get(pointer).length, "ii");
  module.HEAP32[place >> 2] = module._PyEM_CountArgsPtr;
}

// In WebKit a function in a table is another object than the same function among the exports, and Emscripten would add it to the
// table again, which moves all later ones. The name of both is the function's number.
function unite(exports, table, from) {
  const named = new Map(Object.values(exports).map((each) => [each.name, each]));
  for (let at = from; at < table.length; at++) {
    const held = table.get(at);
    const exported = held && named.get(held.name);
    if (exported && exported !== held) table.set(at, exported);
  }
}

// `files` are [name, content] and `libraries` [name, WebAssembly.Module]; `onLoaded(module)` is called when the libraries are there
// and Python is not. `convolution` is the module of convolution.wasm, for site/convolution.py.
async function startPython({ loadPyodide, files, libraries, convolution, onLoaded, ...options }) {
  const create = globalThis._createPyodideModule;
  globalThis._createPyodideModule = (settings) => {
    let module;
    const memory = new WebAssembly.Memory({ initial: (settings.INITIAL_MEMORY ?? FIRST_MEMORY) >> 16, maximum: MOST_PAGES });
    settings.wasmMemory = memory;
    if (convolution) site.convolve = new WebAssembly.Instance(convolution, { python: { memory } }).exports.convolve;
    const { instantiateWasm } = settings;
    settings.instantiateWasm = (imports, receive) => instantiateWasm(imports, (instance, ...others) => {
      unite(instance.exports, imports.env.__indirect_function_table, 0);
      receive(instance, ...others);
    });
    settings.preRun.push((made) => {
      module = made;
      for (const [name, content] of [...files, ...libraries.map(([name]) => [name, ""])]) {
        module.FS.mkdirTree(HOME + name.slice(0, name.lastIndexOf("/") + 1));
        module.FS.writeFile(HOME + name, content);
      }
    });
    settings.onRuntimeInitialized = () => {
      if (!module._PyEM_CountArgsPtr) countArguments(module);
      const local = { global: false, nodelete: true };
      const { Instance } = WebAssembly;
      WebAssembly.Instance = function (library, imports) {
        const instance = new Instance(library, imports);
        unite(instance.exports, module.wasmTable, imports.env.__table_base);
        return instance;
      };
      for (const [name, library] of libraries) {
        module.preloadedWasm[HOME + name] = module.loadWebAssemblyModule(library, local, HOME + name, {}, 0);
      }
      WebAssembly.Instance = Instance;
      onLoaded(module);
    };
    settings.thisProgram = "python"; // is part of the memory too
    return create(settings);
  };
  try {
    return await loadPyodide({ ...options, env: ENVIRONMENT });
  } finally {
    globalThis._createPyodideModule = create;
  }
}

globalThis.site = { unpacked, differ, startPython };
