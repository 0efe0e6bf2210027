"""What is used of others though they do not promise it; where one of these fails, the page does not work.

pyproject.toml keeps the versions below the next one that may change it. After `make constraints` these tell what did.
"""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import voila
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jinja2 import Environment
from jinja2.ext import Extension
from jupyter_client import KernelManager, session
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.session import Session
from jupyter_core.paths import jupyter_path
from jupyter_server import CallContext
from jupyter_server.auth import IdentityProvider
from jupyter_server.extension.manager import ExtensionPoint
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from nbconvert.exporters import HTMLExporter, templateexporter
from voila.configuration import VoilaConfiguration
from voila.notebook_renderer import NotebookRenderer
from voila.request_info_handler import RequestInfoSocketHandler
from voila.voila_kernel_manager import voila_kernel_manager_factory

from mnist_helpers.serving import scripts


def takes(function: Callable[..., object], *names: str) -> bool:
    """Whether these are the first parameters of a function, or of a method after `self`."""
    parameters = [name for name in inspect.signature(function).parameters if name != "self"]
    return tuple(parameters[: len(names)]) == names


def test_ipykernel_makes_its_channels_where_the_page_s_kernel_makes_them_otherwise() -> None:
    assert takes(IPythonKernel._publish_status, "status", "channel", "parent")
    assert takes(IPythonKernel._publish_status_and_flush, "status", "channel", "stream", "parent")
    assert takes(IPythonKernel.get_parent, "channel")
    assert takes(IPKernelApp.init_control, "context") and takes(IPKernelApp.init_iopub, "context")
    assert takes(IPKernelApp._bind_socket, "s", "port")
    source = inspect.getsource(IPKernelApp)
    assert all(f"self.{name} = " in source for name in ("control_thread", "shell_channel_thread", "iopub_socket"))
    assert "outstream_class" in IPKernelApp.class_trait_names()


def test_ipykernel_s_output_thread_may_be_missing() -> None:
    assert "if self.iopub_thread:" in inspect.getsource(IPKernelApp.close)


def test_ipykernel_calls_hooks_before_and_after_each_message() -> None:
    assert takes(IPythonKernel.pre_handler_hook) and takes(IPythonKernel.post_handler_hook)


def test_ipykernel_is_started_by_the_name_that_the_page_s_kernel_takes() -> None:
    assert "ipykernel_launcher" in KernelSpecManager().get_kernel_spec("python3").argv


@pytest.mark.parametrize("name", ["stop_buffering", "stop_watching_activity", "remove_kernel", "cull_kernel_if_idle"])
def test_jupyter_server_s_kernel_manager_has_what_ends_kernels(name: str) -> None:
    assert takes(getattr(AsyncMappingKernelManager, name), "kernel_id")


def test_jupyter_server_counts_sockets_and_asks_about_one_kernel_after_the_other() -> None:
    assert "_kernel_connections" in AsyncMappingKernelManager.class_trait_names()
    assert "self.cull_kernel_if_idle(" in inspect.getsource(AsyncMappingKernelManager.cull_kernels)


def test_jupyter_server_s_kernels_take_the_event_log_of_the_server() -> None:
    assert "self.parent.parent.event_logger" in inspect.getsource(ServerKernelManager)


def test_jupyter_server_s_socket_can_be_guarded() -> None:
    assert takes(ZMQChannelsWebsocketConnection.handle_incoming_message, "incoming_msg")
    assert takes(ZMQChannelsWebsocketConnection.handle_outgoing_message, "stream", "outgoing_msg")
    assert {"channels", "limit_rate", "websocket_handler"} <= set(ZMQChannelsWebsocketConnection.class_trait_names())
    parts = [b"{}"] * 4
    assert deserialize_msg_from_ws_v1(serialize_msg_to_ws_v1(parts, "shell")) == ("shell", parts)


def test_jupyter_server_asks_the_identity_provider_and_notes_the_handler() -> None:
    assert takes(IdentityProvider.get_user, "handler") and takes(IdentityProvider.get_handlers)
    assert isinstance(CallContext.JUPYTER_HANDLER, str)


def test_jupyter_server_links_extensions_before_it_loads_them() -> None:
    assert "_link_jupyter_server_extension" in inspect.getsource(ExtensionPoint)


def test_jupyter_client_puts_unix_sockets_beside_the_connection_file() -> None:
    kernel = KernelManager(connection_file="/folder/kernel-1.json", transport="ipc")
    assert kernel.ip == "/folder/kernel-1-ipc" and kernel.get_connection_info()["ip"] == kernel.ip


def test_jupyter_client_parses_the_dates_of_headers_alone() -> None:
    in_module, in_deserialize = (
        inspect.getsource(each).count("extract_dates(") for each in (session, Session.deserialize)
    )
    assert in_module == in_deserialize == 2


def test_jupyter_client_sends_raw_messages() -> None:
    assert takes(Session.send_raw, "stream", "msg_list")


def test_nbconvert_gives_each_environment_the_listed_extensions(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Noticing(Extension):
        def __init__(self, environment: Environment) -> None:
            super().__init__(environment)
            made.append(environment)

    monkeypatch.setattr(templateexporter, "JINJA_EXTENSIONS", [*templateexporter.JINJA_EXTENSIONS, Noticing])
    assert HTMLExporter().environment in made


def test_voila_s_pool_is_where_the_visitors_are_counted() -> None:
    pooled = voila_kernel_manager_factory(AsyncMappingKernelManager, True, 1)
    assert "default_env_variables" in pooled.class_trait_names()
    assert all(line in inspect.getsource(pooled) for line in ("self._pools[notebook_name] = pool", "pool.append(task)"))


def test_voila_asks_before_it_starts_a_kernel_and_keeps_what_a_request_said() -> None:
    assert "prelaunch_hook" in VoilaConfiguration.class_trait_names()
    assert isinstance(RequestInfoSocketHandler._cache, dict)


def test_voila_s_pool_makes_renderers_whose_page_begins_without_a_kernel() -> None:
    pooled = voila_kernel_manager_factory(AsyncMappingKernelManager, True, 1)
    assert takes(pooled._notebook_renderer_factory, "notebook_path")
    assert takes(NotebookRenderer.generate_content_generator, "kernel_id", "kernel_future")


def test_voila_s_app_and_the_widgets_are_the_chunks_that_are_sent_as_one_file() -> None:
    assert voila.__version__ == scripts.VOILA, "name its chunks anew: benchmarks.first_visit lists what a page asks for"
    (static,) = filter(Path.exists, (Path(each) for each in jupyter_path("voila", "templates", "base", "static")))
    app = (static / "voila.js").read_text()
    chunks = [*scripts.CHUNKS.split(), *scripts.LEFT_OUT.split()]
    assert [each for each in chunks if not re.search(rf"\.e\({each}\)", app)] == []
    left_out = "".join((static / f"{each}.voila.js").read_text() for each in scripts.LEFT_OUT.split())
    assert [each for each in scripts.STAND_INS if not re.search(rf"\b{each}:\(", left_out)] == []
    assert sum(path.read_bytes().count(scripts.MODEL_POLL) for path in scripts._chunks()) == 1
    extensions = sum(len(numbers.split()) for numbers in scripts.EXTENSIONS.values())
    sent = [path.name.split(".")[0] for path in scripts._chunks()]
    assert len(sent) == len(scripts.CHUNKS.split()) + extensions and set(scripts.SELDOM_CALLED.split()) < set(sent)
