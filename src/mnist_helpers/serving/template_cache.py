"""Compile templates once for each server instead of once for each visitor, and give them the page's files.

nbconvert creates a new Jinja environment for every page and has no option for a cache. A Jinja extension is created
with each environment, so an extension sets the cache.
"""

from importlib.resources import files
from types import CodeType

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from nbconvert.exporters.templateexporter import JINJA_EXTENSIONS

from mnist_helpers.serving.scripts import scripts_names


class InMemory(BytecodeCache):
    """A cache of compiled templates; a template whose source has changed is compiled again."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._compiled.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.checksum, bucket.code


def page_file(*names: str) -> str:
    """Content of scripts or style sheets of the page, for its first bytes."""
    return "".join(files("mnist_helpers").joinpath("page", name).read_text("utf-8") for name in names)


class CompiledOnce(Extension):
    """Shares compiled templates among all environments."""

    _compiled = InMemory()

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.bytecode_cache = self._compiled
        environment.globals["page_file"] = page_file
        environment.globals["scripts_names"] = scripts_names


def compile_once() -> None:
    """Let all pages share compiled templates from now on."""
    name = f"{__name__}.{CompiledOnce.__name__}"
    if name not in JINJA_EXTENSIONS:
        JINJA_EXTENSIONS.append(name)
