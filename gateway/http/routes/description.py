"""`GET /v1/openapi.json`, `GET /v1/docs` and its assets; open to all, they say nothing of a site."""

from __future__ import annotations

from typing import Final

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from gateway.http.docs_page import asset, docs_page
from gateway.http.problems import DoorError
from gateway.http.replies import Reply
from gateway.http.sent import AnyRequest

__all__ = ["DOCUMENT", "docs", "docs_asset", "openapi_document"]

DOCUMENT: Final = "openapi_document"


@get("/openapi.json")
async def openapi_document(request: AnyRequest) -> ASGIApp:
    """Serve the OpenAPI document."""
    document: Reply = request.app.state[DOCUMENT]
    return document


@get("/docs")
async def docs() -> ASGIApp:
    """Serve the page that shows the document."""
    return docs_page()


@get("/docs/assets/{name:str}")
async def docs_asset(name: FromPath[str]) -> ASGIApp:
    """Serve a script or a style of the page."""
    found = asset(name)
    if found is None:
        raise DoorError("not_found")
    return found
