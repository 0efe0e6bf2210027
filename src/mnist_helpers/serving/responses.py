"""The page for visitors who are refused, and their addresses."""

import ipaddress

from tornado.httputil import HTTPServerRequest

_BUSY = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="{seconds}">
<title>Draw a digit: full just now</title>
<style>
  body {{ margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 1rem; }}
  body {{ font: 1.1rem/1.5 system-ui, sans-serif; }}
  h1 {{ font-size: 1.5rem; margin: 0; }}
</style>
<main>
  <h1>Every pad is in use just now.</h1>
  <p>This page asks again by itself in {seconds} seconds. You need not do anything.</p>
</main>
</html>
"""


def busy_page(seconds: int) -> str:
    """HTML of a page that says that the server is full and reloads itself."""
    return _BUSY.format(seconds=seconds)


def client_ip(request: HTTPServerRequest) -> str:
    """The address of a client. `X-Real-IP` is trusted only from a proxy with a private address."""
    peer = request.remote_ip or "0.0.0.0"
    forwarded = request.headers.get("X-Real-IP", peer)
    try:
        return str(ipaddress.ip_address(forwarded)) if ipaddress.ip_address(peer).is_private else peer
    except ValueError:
        return peer


def public_network(address: str) -> str:
    """The network of one customer of a provider: an IPv4 address or an IPv6 /64; empty for a private address."""
    found = ipaddress.ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_private:
        return ""
    return str(ipaddress.ip_network((found, 32 if found.version == 4 else 64), strict=False))
