"""The page that shows the OpenAPI document, with assets from this machine only."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gateway.http.replies import Reply

__all__ = ["asset", "docs_page"]

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = MappingProxyType(
    {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache"}
)
_SWAGGER: Final = MappingProxyType(
    {
        "swagger_bundle.js": "text/javascript; charset=utf-8",
        "swagger_style.css": "text/css; charset=utf-8",
    }
)


@cache
def docs_page() -> Reply:
    """Return the page itself."""
    return _reply(_own("docs.html"), "text/html; charset=utf-8")


@cache
def _loaded() -> MappingProxyType[str, Reply]:
    spec = find_spec("offapi")  # importing it would read ten megabytes
    folder = Path((spec.submodule_search_locations or [""])[0]) if spec else Path()
    replies = {name: _reply((folder / name).read_bytes(), media_type) for name, media_type in _SWAGGER.items()}
    replies["docs.js"] = _reply(_own("docs.js"), "text/javascript; charset=utf-8")
    return MappingProxyType(replies)


def asset(name: str) -> Reply | None:
    """Return a script or style of the page; None when there is no such."""
    return _loaded().get(name)


def _own(name: str) -> bytes:
    return (resources.files("gateway.http") / "assets" / name).read_bytes()


def _reply(body: bytes, media_type: str) -> Reply:
    return Reply(200, body, media_type, _HEADERS, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')
