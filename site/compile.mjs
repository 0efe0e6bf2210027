// Compile all of Python in a folder with the browser's own Python, so that no visitor has to: `node compile.mjs PYODIDE FOLDER`.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: pyodide });
python.FS.mkdir("/packages");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/packages");
python.runPython(`
import compileall, pathlib, py_compile
unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
compileall.compile_dir("/packages", stripdir="/packages", quiet=2, legacy=True, invalidation_mode=unchecked)
for source in pathlib.Path("/packages").rglob("*.py"):
    if source.with_suffix(".pyc").exists():
        source.unlink()
`);
