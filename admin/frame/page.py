"""A page of ours: a room's template inside the frame's."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from admin.frame.door import FORM_POLICY
from admin.frame.speech import LANGUAGES, Speech, language_of

__all__ = ["Frame", "environment", "frame_assets"]

_ASSETS: Final = {"frame.css": "text/css", "tables.css": "text/css"}


def environment(room: str) -> Environment:
    """Return the templates of a room's `pages/`, which may extend `frame.html`."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(room, "pages"), PackageLoader("admin.frame", "pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Frame:
    """The templates and the words of one room."""

    def __init__(self, room: str, words: Mapping[str, tuple[str, str]]) -> None:
        self._templates = environment(room)
        self._words = words

    def speech(self, request: Request) -> Speech:
        """Return the words in the language that the address asks for (`?lang=`)."""
        return Speech(language_of(request.query_params.get("lang")), self._words)

    def page(self, request: Request, template: str, *, status: int = 200, **shown: Any) -> Response:
        """Write a page that extends `frame.html`; its forms carry `csrf` in a hidden field of that name."""
        speech = self.speech(request)
        body = self._templates.get_template(template).render(
            say=speech.say,
            lang=speech.language,
            languages=[(_address(request, each), each.upper(), each == speech.language) for each in LANGUAGES],
            csrf=request.scope.get("csrftoken", ""),
            **shown,
        )
        headers = {"Content-Security-Policy": FORM_POLICY, "Content-Language": speech.language}
        return HTMLResponse(body, status_code=status, headers=headers)


def frame_assets() -> list[Route]:
    """Return the addresses of the frame's style sheets, which need no login."""
    return [_asset(name, kind) for name, kind in _ASSETS.items()]


def _asset(name: str, kind: str) -> Route:
    content = (resources.files("admin.frame") / "pages" / name).read_bytes()

    async def serve(_request: Request) -> Response:
        return Response(content, media_type=kind)

    return Route(f"/frame/{name}", serve)


def _address(request: Request, language: str) -> str:
    kept = {name: value for name, value in request.query_params.items() if name != "lang"}
    return f"{request.url.path}?{urlencode({**kept, 'lang': language})}"
