"""Problems: one form for all, in two languages, whatever broke."""

from __future__ import annotations

import asyncio
import io
import json
from typing import cast

import asyncpg
import httpx
import pytest
from litestar.types import Message, Receive, Scope
from litestar.types.asgi_types import HTTPDisconnectEvent, HTTPRequestEvent

from gateway.domain import errors
from gateway.domain.login_failure import FailureReason
from gateway.domain.outcomes import Cause, Refusal
from gateway.http import sent
from gateway.http.app import create_app
from gateway.http.language import Language, preferred
from gateway.http.problem_kinds import PROBLEM_KINDS
from gateway.http.problems import DoorError, refusal_code, tell
from gateway.logs import configure_logs
from tests.fakes import KEY, World
from tests.served import serving


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/v1/docs/assets/nothing.js", 404, "not_found"),
        ("PUT", "/v1/holds", 405, "method_not_allowed"),
        ("TRACE", "/v1/status", 405, "method_not_allowed"),
        ("BREW", "/v1/status", 405, "method_not_allowed"),
    ],
)
async def test_what_is_not_there_is_a_problem_too(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    """Unknown addresses and methods speak like any other problem."""
    answer = await client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == code
    assert body["type"] == f"urn:emias-gateway:problem:{code}"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_json"),
        (b"", "application/json", 400, "malformed_json"),
        (b"[]", "application/json", 400, "malformed_json"),
        (b"null", "application/json; charset=utf-8", 400, "malformed_json"),
        (b'{"slot_id": "\xff"}', "application/json", 400, "malformed_json"),
        (b'{"slot_id": "\\ud800"}', "application/json", 400, "malformed_json"),
        (b'{"a":' * 10_000, "application/json", 400, "malformed_json"),
        (b"slot_id=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"{}", "", 415, "unsupported_media_type"),
        (b" " * 70_000, "application/json", 413, "body_too_large"),
        (b"{}", "application/vnd.api+json", 422, "validation_failed"),
    ],
)
async def test_a_body_that_cannot_be_read_is_told(
    client: httpx.AsyncClient, content: bytes, content_type: str, status: int, code: str
) -> None:
    """Broken JSON, other media types and too large bodies have codes of their own."""
    answer = await client.post("/v1/holds", content=content, headers={"Content-Type": content_type})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_body_is_not_read_past_its_cap(world: World) -> None:
    """A body without a length is cut off while it comes in."""
    read = 0

    async def receive() -> HTTPRequestEvent:
        nonlocal read
        read += 1
        assert read < 100
        return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

    assert await _ask_with_body(world, receive) == [413]
    assert read < 70


async def _ask_with_body(world: World, receive: Receive) -> list[object]:
    statuses: list[object] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"authorization", f"Bearer {KEY}".encode()), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/v1/holds", "query_string": b"", "headers": headers}
    await create_app(world.house())(cast("Scope", scope), receive, send)
    return statuses


async def test_a_body_is_not_waited_for_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not arrive in time is 408."""
    monkeypatch.setattr(sent, "_BODY_PATIENCE", 0.01)

    async def receive() -> HTTPRequestEvent:
        await asyncio.Event().wait()
        raise AssertionError

    assert await _ask_with_body(world, receive) == [408]


async def test_a_caller_that_hangs_up_is_no_error_of_ours(world: World) -> None:
    """A body that ends in the middle is the caller's affair, not an internal error."""

    async def receive() -> HTTPDisconnectEvent:
        return {"type": "http.disconnect"}

    assert await _ask_with_body(world, receive) == [400]


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "ru"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en;q=0.5, ru;q=0.4", "en"),
        ("de, fr", "ru"),
        ("*", "ru"),
        ("en;q=0", "ru"),
        ("en;q=nonsense", "ru"),
        (";;;,,,q=", "ru"),
    ],
)
async def test_problems_speak_the_callers_language(client: httpx.AsyncClient, asked: str, language: str) -> None:
    """Russian unless English is asked for more."""
    answer = await client.get("/v1/nothing", headers={"Accept-Language": asked})

    assert answer.headers["content-language"] == language
    assert answer.json()["title"] == PROBLEM_KINDS["not_found"].title.told(Language(language))
    assert preferred(asked) is Language(language)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (RuntimeError("112-233-445 95"), 500, "internal_error"),
        (errors.MirrorRefused("x"), 500, "internal_error"),
        (ConnectionRefusedError("postgresql://user:secret@db"), 503, "temporarily_unavailable"),
        (TimeoutError(), 503, "temporarily_unavailable"),
        (asyncpg.CannotConnectNowError("the database system is starting up"), 503, "temporarily_unavailable"),
        (asyncpg.InterfaceError("connection is closed"), 503, "temporarily_unavailable"),
        (asyncpg.UndefinedColumnError("no such column"), 500, "internal_error"),
        (errors.EmiasFailure(Cause.TIMEOUT), 503, "emias_unavailable"),
        (errors.EmiasFailure(Cause.RATE_LIMITED, retry_after=9.6), 503, "emias_unavailable"),
    ],
)
async def test_what_nobody_foresaw_is_bare(
    client: httpx.AsyncClient, world: World, fault: Exception, status: int, code: str
) -> None:
    """An unknown error says nothing but its request's id; a lost engine says when to come back."""
    world.directory.broken = fault

    answer = await client.get("/v1/status")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "112" not in answer.text
    assert "secret" not in answer.text
    if status == 503:
        assert int(answer.headers["retry-after"]) == answer.json()["retry_after"] >= 5


async def test_an_unknown_error_is_logged_without_its_words() -> None:
    """The log has the request's id, the error's type and its place, not its message."""
    lines = io.BytesIO()
    configure_logs("INFO", lines)
    world = World()
    world.directory.broken = RuntimeError("Канарейкина 112-233-445 95")
    async with serving(create_app(world.house()), Authorization=f"Bearer {KEY}") as client:
        answer = await client.get("/v1/status", headers={"X-Request-Id": "abc-1"})

    events = [json.loads(line) for line in lines.getvalue().splitlines()]
    (failed,) = [event for event in events if event["event"] == "request_failed"]
    assert answer.json()["request_id"] == failed["request_id"] == "abc-1"
    assert failed["fault"] == "builtins.RuntimeError"
    assert any("fakes" in place for place in failed["where"])
    assert "Канарейкина" not in lines.getvalue().decode()


def test_every_kind_says_what_to_do_in_both_languages() -> None:
    """No problem is without a title and a detail, and no two languages are the same words."""
    for code, kind in PROBLEM_KINDS.items():
        assert kind.code == code
        assert kind.type.endswith(code)
        for words in (kind.title, kind.detail):
            assert words.ru
            assert words.en
            assert words.ru != words.en


def test_every_error_of_the_domain_has_a_kind() -> None:
    """A new error of the domain cannot be forgotten at the door; only the mirror's never comes here."""
    made = {
        errors.InvalidInput: errors.InvalidInput([]),
        errors.FieldError: errors.FieldError("a", "b"),
        errors.NotFound: errors.NotFound("slot"),
        errors.TooManyHolds: errors.TooManyHolds(1),
        errors.EmiasUnavailable: errors.EmiasUnavailable(Cause.DNS, 1),
        errors.NotCancellable: errors.NotCancellable("secret words"),
        errors.IdempotencyInProgress: errors.IdempotencyInProgress(1),
        errors.EmiasFailure: errors.EmiasFailure(Cause.DNS),
        errors.LoginFailed: errors.LoginFailed(FailureReason.CLOCK),
    }
    for name in set(errors.__all__) - {"GatewayError", "FieldProblem", "MirrorRefused", "BookingRefused"}:
        kind = getattr(errors, name)
        assert tell(made.get(kind) or kind()).kind.code != "internal_error", name


@pytest.mark.parametrize("what", ["doctor", "slot", "hold", "booking"])
def test_every_noun_that_may_be_missing_has_a_kind(what: str) -> None:
    """`NotFound` names one of four nouns."""
    assert tell(errors.NotFound(what)).kind.status == 404


@pytest.mark.parametrize("kind", list(Refusal))
def test_every_refusal_has_a_kind(kind: Refusal) -> None:
    """Whatever EMIAS refuses is a known problem."""
    assert PROBLEM_KINDS[refusal_code(kind)].status in {409, 422, 502}


def test_the_door_refuses_by_known_codes_only() -> None:
    """A code without a kind is a mistake of ours and comes to light at once."""
    with pytest.raises(KeyError):
        tell(DoorError("no_such_code"))
