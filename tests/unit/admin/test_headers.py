"""The outermost layer."""

from __future__ import annotations

import httpx
import pytest
import structlog
from starlette.types import Receive, Scope, Send

from admin.headers import CONTENT_SECURITY_POLICY, Shield


async def _broken(scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError(f"СНИЛС 112-233-445 95 {scope['scheme']}")


async def _answering(scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["scheme"].encode()})


def _browser(shield: Shield) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(shield), base_url="http://admin.test")


async def test_an_error_keeps_its_text_to_itself() -> None:
    """An error becomes a bare 500, and the log names the place without quoting the text."""
    with structlog.testing.capture_logs() as logs:
        answer = await _browser(Shield(_broken, secure=False)).get("/api/tables/bookings/?snils=11223344595")
    assert answer.status_code == 500
    assert answer.json() == {"detail": "внутренняя ошибка · internal error"}
    [told] = logs
    assert (told["event"], told["method"], told["path"]) == ("admin.failed", "GET", "/api/tables/bookings/")
    assert "11223344595" not in str(told)
    assert "112-233" not in str(told)


@pytest.mark.parametrize(("path", "kept"), [("/", False), ("/api/user/", False), ("/assets/index.js", True)])
async def test_only_assets_may_be_kept(path: str, kept: bool) -> None:  # noqa: FBT001 - a case of the table above
    """Every answer carries the policy; only scripts and styles may rest in a cache."""
    answer = await _browser(Shield(_answering, secure=False)).get(path)
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert ("cache-control" not in answer.headers) is kept


async def test_an_https_origin_makes_requests_https() -> None:
    """Behind a proxy that ends TLS the app sees https, so that it checks where a request comes from."""
    assert (await _browser(Shield(_answering, secure=True)).get("/")).text == "https"
    assert (await _browser(Shield(_answering, secure=False)).get("/")).text == "http"
