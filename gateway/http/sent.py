"""What a request carries besides its path: a JSON object, a query, the headers that we know."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import InternalServerException

from gateway.domain.errors import FieldError
from gateway.domain.hold import Holder
from gateway.http.auth import key_of
from gateway.http.forms import Form
from gateway.http.language import Language, preferred
from gateway.http.problems import DoorError

__all__ = [
    "LARGEST_BODY",
    "AnyRequest",
    "canonical",
    "holder_of",
    "idempotency_key_of",
    "language_of",
    "read_object",
    "read_query",
]

AnyRequest = Request[Any, Any, State]

LARGEST_BODY: Final = 64 * 1024
_BODY_PATIENCE: Final = 10.0
_MOST_QUERY_FIELDS: Final = 32
_LONGEST_CLIENT_REF: Final = 128
_LONGEST_IDEMPOTENCY_KEY: Final = 255


async def read_object(request: AnyRequest) -> dict[str, Any]:
    """Read the body as one JSON object; the cap on its size is held while it is being read."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise DoorError("unsupported_media_type")
    body = await _whole_body(request)
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise DoorError("malformed_json") from None
    if not isinstance(given, dict):
        raise DoorError("malformed_json")
    return given


async def _whole_body(request: AnyRequest) -> bytes:
    try:
        async with asyncio.timeout(_BODY_PATIENCE):
            return await request.body()
    except TimeoutError:
        raise DoorError("body_too_slow") from None
    except InternalServerException:  # what Litestar says when the caller hangs up in the middle
        raise DoorError("bad_request") from None


def canonical(given: dict[str, Any]) -> bytes:
    """Write an object in the one form that does not depend on the order of its fields."""
    try:
        return msgspec.json.encode(given, order="sorted")
    except RecursionError:
        raise DoorError("malformed_json") from None


def read_query(request: AnyRequest) -> Form:
    """Read the query string; the last of several equal names counts."""
    raw = request.scope["query_string"].decode("latin-1")
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="replace", max_num_fields=_MOST_QUERY_FIELDS)
    except ValueError:
        raise DoorError("bad_request") from None
    return Form(dict(pairs))


def holder_of(request: AnyRequest) -> Holder:
    """Tell whose request it is: the site's key, and the site's opaque name for the visitor."""
    key = key_of(request.scope)
    return Holder(key.site_id, key.id, _visible(request, "X-Client-Ref", _LONGEST_CLIENT_REF))


def idempotency_key_of(request: AnyRequest) -> str:
    """Return the caller's key; a problem when there is none."""
    found = _visible(request, "Idempotency-Key", _LONGEST_IDEMPOTENCY_KEY)
    if found is None:
        raise DoorError("idempotency_key_missing")
    return found


def language_of(request: AnyRequest) -> Language:
    """Tell in which language the caller reads problems."""
    return preferred(request.headers.get("accept-language"))


def _visible(request: AnyRequest, name: str, longest: int) -> str | None:
    value = request.headers.get(name, "").strip()
    if len(value) > longest:
        raise FieldError(name, "too_long")
    if not (value.isascii() and value.isprintable()):
        raise FieldError(name, "text_format")
    return value or None
