"""Templates that are compiled once in a server, and not for each visitor.

nbconvert makes a new Jinja environment for every page, and offers no way to give it a cache. A Jinja extension is made
with each environment, so one brings the cache along.
"""

from importlib.resources import files
from types import CodeType

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from nbconvert.exporters.templateexporter import JINJA_EXTENSIONS

from mnist_helpers.serving.scripts import scripts_names


class InMemory(BytecodeCache):
    """Compiled templates; one whose source has changed is compiled anew."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._compiled.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.checksum, bucket.code


def page_file(*names: str) -> str:
    """Scripts or style of the page, for its first bytes."""
    return "".join(files("mnist_helpers").joinpath("page", name).read_text("utf-8") for name in names)


class CompiledOnce(Extension):
    """Shares what templates compile to among all environments."""

    _compiled = InMemory()

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.bytecode_cache = self._compiled
        environment.globals["page_file"] = page_file
        environment.globals["scripts_names"] = scripts_names


def compile_once() -> None:
    """Let all pages from now on share compiled templates."""
    name = f"{__name__}.{CompiledOnce.__name__}"
    if name not in JINJA_EXTENSIONS:
        JINJA_EXTENSIONS.append(name)
