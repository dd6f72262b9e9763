"""The addresses of the login and of one's own account."""

from __future__ import annotations

from importlib import resources
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.account.login_pages import LoginPages
from admin.account.office import Office
from admin.account.own_pages import OwnPages
from admin.frame.door import form_door

__all__ = ["account_routes"]

_ASSETS: Final = {"account.css": "text/css", "door.js": "text/javascript", "focus.js": "text/javascript"}


def account_routes(office: Office) -> list[Route]:
    """Return the routes; each checks the token of a form, and the session where there must be one."""
    door, login, own = form_door(office.hosts), LoginPages(office), OwnPages(office)
    posts = {
        "/account/password": own.change_password,
        "/account/log-out": own.log_out,
        "/account/log-out-everywhere": own.log_out_everywhere,
        "/account/one-time": own.set_up_codes,
        "/account/remove-one-time": own.remove_codes,
    }
    gets = {"/account": own.show, "/account/one-time": own.show_codes}
    return [
        *(_asset(name, kind) for name, kind in _ASSETS.items()),
        Route("/login", login.show, middleware=door),
        Route("/login", login.submit, methods=["POST"], middleware=door),
        Route("/public/login/", login.submit_json, methods=["POST"], middleware=door),
        Route("/public/logout/", login.leave, methods=["POST"], middleware=door),
        # Where the menu of Piccolo Admin leads.
        Route("/api/mfa-setup/", _to_codes),
        *(Route(path, own.known(page), middleware=door) for path, page in gets.items()),
        *(Route(path, own.known(page), methods=["POST"], middleware=door) for path, page in posts.items()),
    ]


async def _to_codes(_request: Request) -> Response:
    return RedirectResponse("/account/one-time", status_code=303)


def _asset(name: str, kind: str) -> Route:
    content = (resources.files("admin.account") / "pages" / name).read_bytes()

    async def serve(_request: Request) -> Response:
        return Response(content, media_type=kind)

    return Route(f"/account/{name}", serve)
