"""The page's own kernel does all that a page needs, with fewer messages than ipykernel."""

from collections.abc import Iterator

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

from mnist_helpers.serving.kernels import PageKernelSpecs

PATIENCE = 60
CODE = """
import comm
def answer(opened, message):
    opened.on_msg(lambda message: opened.send({"answer": message["content"]["data"]["question"] + 1}))
comm.get_comm_manager().register_target("question", answer)
"""


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=PageKernelSpecs())
    manager.start_kernel()
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def until_idle(client: BlockingKernelClient, request: str) -> list[dict]:
    """Contents of all messages that the kernel publishes about a request."""
    messages: list[dict] = []
    while {"execution_state": "idle"} not in messages:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message["parent_header"].get("msg_id") == request:
            messages.append(message["content"])
    return messages


def ask(client: BlockingKernelClient, kind: str, **content: object) -> str:
    message = client.session.msg(kind, {"comm_id": "page", "data": {}} | content)
    client.shell_channel.send(message)
    return message["header"]["msg_id"]


def test_it_runs_the_cells_of_a_page(client: BlockingKernelClient) -> None:
    reply = client.execute_interactive("1 + 1", timeout=PATIENCE, output_hook=lambda message: None)
    assert reply["content"]["status"] == "ok"


@pytest.fixture(scope="module")
def question(client: BlockingKernelClient) -> BlockingKernelClient:
    """A client of a comm that answers."""
    client.execute_interactive(CODE, timeout=PATIENCE, output_hook=lambda message: None)
    until_idle(client, ask(client, "comm_open", target_name="question"))
    return client


def test_a_comm_message_is_answered_by_the_answer_and_the_end_alone(question: BlockingKernelClient) -> None:
    answer, end = until_idle(question, ask(question, "comm_msg", data={"question": 41}))
    assert answer["data"] == {"answer": 42} and end == {"execution_state": "idle"}


def test_an_event_is_answered_by_the_answer_alone(question: BlockingKernelClient) -> None:
    event = ask(question, "comm_msg", data={"method": "custom", "question": 1})
    last = ask(question, "comm_msg", data={"question": 2})
    messages = [question.get_iopub_msg(timeout=PATIENCE) for _ in range(3)]
    assert [message["parent_header"]["msg_id"] for message in messages] == [event, last, last]
    assert messages[0]["content"]["data"] == {"answer": 2}


def test_there_is_no_debugger(client: BlockingKernelClient) -> None:
    client.execute_interactive("import sys; assert not sys.modules.get('debugpy')", timeout=PATIENCE)
    reply = client.kernel_info(reply=True, timeout=PATIENCE)
    assert "debugger" not in reply["content"].get("supported_features", [])
