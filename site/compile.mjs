// Compile all of Python in a folder with the browser's own Python, so that no visitor has to: `node compile.mjs PYODIDE FOLDER`.
// Docstrings and line numbers are left out.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: pyodide });
python.FS.mkdir("/folder");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/folder");
python.runPython(`
import contextlib, importlib.util, marshal, pathlib, types
HEADER = importlib.util.MAGIC_NUMBER + bytes([1, *bytes(11)])  # unchecked: no source to compare with

def without_lines(code):
    parts = [without_lines(each) if isinstance(each, types.CodeType) else each for each in code.co_consts]
    return code.replace(co_consts=tuple(parts), co_linetable=b"")

for source in pathlib.Path("/folder").rglob("*.py"):
    texts = source.match("numpy/_core/multiarray.py")  # needs its docstrings
    with contextlib.suppress(SyntaxError, ValueError):  # files for other versions of Python
        code = compile(source.read_bytes(), str(source.relative_to("/folder")), "exec", optimize=0 if texts else 2)
        source.with_suffix(".pyc").write_bytes(HEADER + marshal.dumps(without_lines(code)))
        source.unlink()
`);
