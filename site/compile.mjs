// Compile all of Python in a folder with the browser's own Python, so that no visitor has to: `node compile.mjs PYODIDE FOLDER`.
// Texts that only programmers read are left out.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: pyodide });
python.FS.mkdir("/folder");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/folder");
python.runPython(`
import compileall, pathlib, py_compile, re
how = dict(stripdir="/folder", quiet=2, legacy=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
compileall.compile_dir("/folder", rx=re.compile("/site-packages/numpy/"), optimize=2, **how)
compileall.compile_dir("/folder/site-packages/numpy", **how)  # which wants its texts
for source in pathlib.Path("/folder").rglob("*.py"):
    if source.with_suffix(".pyc").exists():
        source.unlink()
`);
