"""`GET /`: a person who opens the gateway's address is sent where there is something to see."""

from __future__ import annotations

from litestar import get
from litestar.types import ASGIApp

from gateway.http.door import door_of
from gateway.http.replies import Reply
from gateway.http.sent import AnyRequest

__all__ = ["root"]


@get("/")
async def root(request: AnyRequest) -> ASGIApp:
    """Send a browser to the site, or to the description of the API."""
    target = door_of(request).house.settings.site_url or "/v1/docs"
    return Reply(302, b"", None, {"Location": target, "Cache-Control": "no-store", "Content-Length": "0"})
