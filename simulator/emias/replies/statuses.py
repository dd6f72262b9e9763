"""Answers of proxies, gates and failing servers instead of the contract's."""

from __future__ import annotations

from aiohttp import web

from simulator.emias.refusals import RefusalError
from simulator.emias.replies.exchange import Exchange, send

__all__ = ["bad_gateway", "empty_200", "fault_without_detail", "html_200", "refuse", "status"]

_PAGE = (
    "<html><head><title>{title}</title></head><body><h1>{title}</h1><p>Ведутся технические работы.</p></body></html>"
)


async def refuse(exchange: Exchange) -> web.StreamResponse:
    """Refuse with `params.code`, and `params.field` when given, in the contract's words."""
    refusal = RefusalError(exchange.params["code"], exchange.params.get("field"))
    return await send(exchange.face.refuse(exchange.call, refusal))


async def fault_without_detail(exchange: Exchange) -> web.StreamResponse:
    """Answer as a server that hides its exceptions."""
    return await send(exchange.face.fail(exchange.call))


async def status(exchange: Exchange) -> web.StreamResponse:
    """Answer `params.status` (503), `params.retry_after` as given, and a `params.body` of "text" or "html"."""
    code = int(exchange.params.get("status", 503))
    retry_after = exchange.params.get("retry_after")
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if exchange.params.get("body") == "html":
        return _html(code, headers)
    return web.Response(status=code, text=f"{code} from the gate in front of EMIAS", headers=headers)


async def bad_gateway(_exchange: Exchange) -> web.StreamResponse:
    """Answer 502 as a proxy does that lost the server behind it."""
    return _html(502, {})


async def html_200(_exchange: Exchange) -> web.StreamResponse:
    """Answer a maintenance page with status 200."""
    return _html(200, {})


async def empty_200(exchange: Exchange) -> web.StreamResponse:
    """Answer nothing with status 200."""
    return web.Response(status=200, headers={"Content-Type": exchange.face.media(exchange.call)})


def _html(code: int, headers: dict[str, str]) -> web.Response:
    page = _PAGE.format(title=f"{code} ЕМИАС")
    return web.Response(status=code, text=page, content_type="text/html", headers=headers)
