"""Visitors come, learn when there is no room, and leave nothing behind; what breaks, breaks for one visitor only."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
import zmq
from tornado.httpclient import HTTPClientError

from benchmarks.raw_visitor import RawVisitor
from mnist_helpers.serving.kernels import LONGEST_ADDRESS, VisitorKernel
from tests.browser.hand import SEVEN
from tests.browser.servers import PATIENCE, ROOT, Server, free_port

from .clients import company, has_ended, kernel_of, kernels, run, until, visitors
from .conftest import MOST, MOST_FROM_ONE, voila_for_all


def test_who_comes_when_all_pads_are_in_use_gets_a_time_to_come_again(server: Server):
    async def crowd() -> None:
        already = await visitors(server.url)
        async with company(server.url) as come:
            with pytest.raises(HTTPClientError) as refused:
                for _ in range(MOST + 1):
                    await come()
            assert await visitors(server.url) == MOST
            assert refused.value.code == 503
            assert int(refused.value.response.headers["Retry-After"]) > 0
            said = refused.value.response.body.decode()
            assert 'http-equiv="refresh"' in said and "You need not do anything" in said
            assert "<canvas" not in said and "<script" not in said, "a pad that no kernel will ever read"
        assert await visitors(server.url) == already
        async with company(server.url) as come:
            await come()

    run(crowd())


def test_those_who_come_at_the_same_moment_are_not_more_than_there_is_room_for(server: Server):
    async def rush() -> None:
        rushing = [RawVisitor(server.url) for _ in range(3 * MOST)]
        answers = await asyncio.gather(*(each.load() for each in rushing), return_exceptions=True)
        assert {each.code for each in answers if isinstance(each, HTTPClientError)} == {503}
        assert await visitors(server.url) <= MOST
        for each in (each for each in rushing if each.cookies):
            await each.leave()

    run(rush())


def test_who_comes_when_the_pool_is_empty_gets_a_kernel_of_the_same_environment(server: Server):
    wanted = json.loads((ROOT / "voila.json").read_text())["VoilaKernelManager"]["default_env_variables"]

    async def rush() -> None:
        rushing = [RawVisitor(server.url) for _ in range(MOST - 1)]
        await asyncio.gather(*(each.load() for each in rushing))
        environments = [kernel_of(server, each).environ() for each in rushing]
        for each in rushing:
            await each.leave()
        assert {each["VOILA_PREHEAT"] for each in environments} == {"True", "False"}
        assert [wanted.items() <= each.items() for each in environments] == [True] * len(rushing)

    run(rush())


def test_one_address_cannot_hold_every_place(server: Server):
    async def come_from(address: str) -> RawVisitor:
        visitor = RawVisitor(server.url)
        await visitor.load(headers={"X-Real-IP": address})
        return visitor

    async def crowd() -> None:
        inside = [await come_from(f"2620:fe::{number}") for number in range(MOST_FROM_ONE)]
        with pytest.raises(HTTPClientError, match="503"):
            await come_from("2620:fe::ffff")  # another of the same customer
        inside.append(await come_from("9.9.9.9"))
        await inside.pop(0).leave()
        inside.append(await come_from("2620:fe::ffff"))
        for each in inside:
            await each.leave()

    run(crowd())


def test_a_page_that_is_closed_leaves_no_kernel(server: Server):
    async def come_and_go() -> None:
        async with company(server.url) as come:
            visitor = await come()
            process = kernel_of(server, visitor)
            await visitor.leave()
            await until(lambda: not process.is_running())

    run(come_and_go())


def test_visitors_who_leave_in_the_middle_of_a_stroke_leave_no_open_file(server: Server):
    """A socket that closes while its kernel ends, and has something to do, must not be kept for its return."""
    process = psutil.Process(server.pid)

    async def come_and_go(times: int) -> None:
        for _ in range(times):
            visitor = await RawVisitor(server.url).open()
            await visitor.draw(SEVEN * 20, every=0, points=1)
            await visitor.leave()

    run(come_and_go(1))
    before = process.num_fds()
    run(come_and_go(2 * MOST))
    run(until(lambda: process.num_fds() < before + MOST))


def test_ending_a_kernel_needs_the_page_s_cookie(server: Server):
    async def end_the_kernel_of_another() -> None:
        async with company(server.url) as come:
            visitor, stranger = await come(), RawVisitor(server.url)
            stranger.kernel_id = visitor.kernel_id
            with pytest.raises(HTTPClientError, match="403"):
                await stranger.leave()
            assert not await has_ended(visitor)

    run(end_the_kernel_of_another())


def test_a_kernel_that_dies_is_known_to_be_gone_and_the_others_live_on(server: Server):
    async def die() -> None:
        before = await visitors(server.url)
        async with company(server.url) as come:
            unlucky, other = await come(), await come()
            kernel_of(server, unlucky).kill()
            await until(lambda: has_ended(unlucky))
            assert not await has_ended(other)
            assert await visitors(server.url) == before + 1

    run(die())


def test_a_kernel_listens_on_no_port_and_its_files_go_with_it_also_if_it_dies(server: Server):
    async def leave_and_die() -> None:
        async with company(server.url) as come:
            polite, unlucky = await come(), await come()
            folder = Path(kernel_of(server, unlucky).cmdline()[-1]).parent
            for each in (polite, unlucky):
                assert len(list(folder.glob(f"*{each.kernel_id}*"))) > 1
                assert not kernel_of(server, each).net_connections("inet")
            await polite.leave()
            kernel_of(server, unlucky).kill()
            left_behind = re.compile(f"{polite.kernel_id}|{unlucky.kernel_id}").search
            await until(lambda: not any(left_behind(path.name) for path in folder.iterdir()))

    run(leave_and_die())


@pytest.mark.parametrize("more, transport", [(0, "ipc"), (1, "tcp")])
def test_a_kernel_whose_folder_has_too_long_a_path_for_a_unix_socket_is_reached_by_tcp(more: int, transport: str):
    with tempfile.TemporaryDirectory() as folder:
        kernel = f"{folder}/{'k' * (LONGEST_ADDRESS - len(f'{folder}/-ipc-1') + more)}"
        assert VisitorKernel(connection_file=f"{kernel}.json").transport == transport
        if transport == "ipc":
            with zmq.Context() as context, context.socket(zmq.REP) as socket:
                socket.bind(f"ipc://{kernel}-ipc-1")


def test_a_second_server_on_the_same_port_says_so_and_ends(server: Server):
    command = [sys.executable, "-m", "voila", "dashboard.ipynb", f"--port={server.port}"]
    environment = {"JUPYTER_PATH": str(ROOT / "share/jupyter"), "JUPYTER_CONFIG_PATH": str(ROOT / "deploy/config")}
    second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert second.returncode != 0
    assert f"{server.port} is already in use" in second.stderr


@pytest.mark.parametrize("option", ["--token=secret", "--token", "--IdentityProvider.token=secret"])
def test_a_server_that_is_set_to_ask_for_a_token_says_that_it_does_not(option: str):
    command = [sys.executable, "-m", "voila", "dashboard.ipynb", f"--port={free_port()}", option]
    environment = {"JUPYTER_PATH": str(ROOT / "share/jupyter"), "JUPYTER_CONFIG_PATH": str(ROOT / "deploy/config")}
    server = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert server.returncode != 0
    assert "asks for no token" in server.stderr and "Traceback" not in server.stderr


def test_a_server_that_is_stopped_leaves_nothing_running():
    with voila_for_all() as server:
        run(come(server))
        running = [psutil.Process(server.pid), *map(psutil.Process, kernels(server))]
        assert len(running) > 1
        running[0].terminate()
        assert not psutil.wait_procs(running, timeout=PATIENCE)[1]


async def come(server: Server) -> None:
    await RawVisitor(server.url).open()
