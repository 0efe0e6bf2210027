"""HTTPS and limits for each address, by nginx as deploy/serve.sh starts it, on addresses of this machine."""

import http.client
import shutil
import socket
import ssl
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.servers import PATIENCE, free_port

from .clients import company, draws, run, until
from .test_several_processes import serving

pytestmark = pytest.mark.alone  # the limits are rates

FLOODER, GREEDY = "127.0.0.2", "127.0.0.3"
"""Addresses of others, as nginx sees them."""


@dataclass(frozen=True, kw_only=True)
class Public:
    """Where the page is served, and the certificate to trust."""

    port: int
    certificate: Path
    run: Path

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def connection(self, source: str) -> http.client.HTTPSConnection:
        """A connection from one of this machine's addresses."""
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        address = (source, 0)
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, source_address=address, context=trusted, timeout=PATIENCE
        )

    def statuses(self, source: str, method: str, path: str, times: int) -> Counter[int]:
        """How so many requests from one address, as fast as they go, were answered."""
        found: Counter[int] = Counter()
        with closing(self.connection(source)) as connection:
            for number in range(times):
                if number % 500 == 0:  # nginx ends a connection after a thousand
                    connection.close()
                connection.request(method, path)
                answer = connection.getresponse()
                answer.read()
                found[answer.status] += 1
        return found


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Public]:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, which makes the certificate.")
    folder = tmp_path_factory.mktemp("public")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    port = free_port()
    variables = {"TLS_CERTIFICATE": str(certificate), "TLS_KEY": str(key), "PROCESSES": "1"}
    with serving(folder, port, f"https://127.0.0.1:{port}", str(certificate), variables):
        yield Public(port=port, certificate=certificate, run=folder)


def test_https_sends_hsts_and_secure_cookie(public: Public):
    async def draw() -> None:
        async with company(public.url, str(public.certificate)) as come:
            visitor = await come()
            assert visitor.headers["Strict-Transport-Security"] == "max-age=31536000"
            cookie = next(each for each in visitor.headers.get_list("Set-Cookie") if each.startswith("process="))
            assert "Secure" in cookie and "HttpOnly" in cookie
            await draws(visitor)

    run(draw())


def test_old_tls_and_plain_http_are_refused(public: Public):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    address = ("127.0.0.1", public.port)
    with socket.create_connection(address, PATIENCE) as plain, pytest.raises(OSError):
        old.wrap_socket(plain)
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    connection.request("GET", "/")
    assert connection.getresponse().status == 400


@pytest.mark.parametrize("method, path, most", [("POST", "/", 180), ("GET", "/voila/static/extension.js", 1500)])
def test_a_flood_from_one_address_is_refused_and_the_others_draw_on(public: Public, method: str, path: str, most: int):
    """To the page by POST, which Voila answers without a kernel; nginx counts it all the same."""

    async def draw_beside_a_flood() -> None:
        async with company(public.url, str(public.certificate)) as come:
            visitor = await come()
            assert public.statuses(FLOODER, method, path, most)[429] > 0
            assert public.statuses("127.0.0.1", method, path, 1)[429] == 0
            await draws(visitor)

    run(draw_beside_a_flood())


def test_many_connections_from_one_address_are_refused_and_the_page_lives(public: Public):
    """Requests that never end, until there are too many of them."""
    request = b"POST /api/kernels HTTP/1.1\r\nHost: digits\r\nContent-Length: 9\r\n\r\n"
    connections: list[http.client.HTTPSConnection] = []

    def is_refused() -> bool:
        connections.append(public.connection(GREEDY))
        connections[-1].connect()
        connections[-1].sock.sendall(request)
        return 'limiting connections by zone "sockets", client: 127.0.0.3' in (public.run / "nginx.log").read_text()

    async def draw_beside_them() -> None:
        for _ in range(200):
            is_refused()
        await until(is_refused)
        async with company(public.url, str(public.certificate)) as come:
            await draws(await come())

    run(draw_beside_them())
    for each in connections:
        each.close()
