"""Which addresses answer, and what they tell."""

import http.client
import json
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import websocket_connect

from mnist_helpers.serving.responses import client_ip
from tests.browser.servers import PATIENCE, Server

from .clients import company, run

KERNEL = "00000000-0000-0000-0000-000000000000"


def get(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def test_another_kernel_cannot_be_guessed(server: Server):
    assert get(f"{server.url}/api/kernels/{KERNEL}")[0] == 404
    assert get(f"{server.url}/api/kernels")[0] in (302, 403, 404)


@pytest.mark.parametrize("path", [
    "/voila/files/dashboard.ipynb", "/voila/files/voila.json", "/voila/files/..%2f..%2fetc/passwd", "/voila/files/",
    "/voila/static/..%2f..%2f..%2fapp.py", "/voila/templates/..%2f..%2f/static/../conf.json",
    "/voila/templates/digits/static/../../../../../../etc/passwd", "/api/contents", "/api/sessions", "/api/terminals",
    "/tree", "/lab", "/voila/api/contents/", "/login", "/logout",
])  # fmt: skip
def test_no_file_comes_out_and_no_other_door_is_open(server: Server, path: str):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", path)  # as it is: urllib would tidy the path
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    assert answer.status in (301, 302, 400, 403, 404, 405, 500), text[:200]
    assert "root:" not in text and "Dashboard()" not in text and "base_template" not in text


def test_no_socket_opens_but_that_of_a_kernel(server: Server):
    async def knock() -> None:
        with pytest.raises(HTTPClientError) as refused:
            await websocket_connect(f"{server.url.replace('http', 'ws', 1)}/voila/query/{KERNEL}")
        assert refused.value.code == 404

    run(knock())


def test_a_page_is_the_digits_template_and_may_fetch_nothing_from_elsewhere(server: Server):
    async def look() -> None:
        async with company(server.url) as come:
            visitor = await come("/?template=base&theme=dark")
            assert '<div id="early">' in visitor.page, "a visitor has chosen another template"
            policy = visitor.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy and "http" not in policy
            assert visitor.headers["X-Content-Type-Options"] == "nosniff"
            assert visitor.headers["Referrer-Policy"] == visitor.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "camera=()" in visitor.headers["Permissions-Policy"]

    run(look())


def test_health_costs_no_kernel(server: Server):
    before = get(f"{server.url}/health")[2]
    assert "visitors" in json.loads(before)
    assert get(f"{server.url}/health")[2] == before


@pytest.mark.parametrize("peer, header, wanted", [
    ("127.0.0.1", "203.0.113.7", "203.0.113.7"), ("10.0.0.2", "2001:db8::7", "2001:db8::7"),
    ("127.0.0.1", None, "127.0.0.1"), ("9.9.9.9", "203.0.113.7", "9.9.9.9"),
    ("127.0.0.1", "a line\nof a log", "127.0.0.1"),
])  # fmt: skip
def test_who_was_refused_is_what_the_proxy_says_and_not_what_the_visitor_says(
    peer: str, header: str | None, wanted: str
):
    request = SimpleNamespace(remote_ip=peer, headers={"X-Real-IP": header} if header else {})
    assert client_ip(request) == wanted
