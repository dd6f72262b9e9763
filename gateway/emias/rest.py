"""REST: JSON out and in, with the same suspicion as SOAP.

| reply | a read | a create or cancel |
|---|---|---|
| 429, whatever the body | `rate_limited` | not sent |
| 200 or 201 with JSON | result, or what its verdict says | result, or what its verdict says |
| an error status with JSON in which the profile finds a code | `refused` | rejected |
| 5xx with a code that the profile does not know | `http_status` | unknown |
| any other status | `http_status` | unknown |
| 200 with HTML, text, or no content type | `not_xml` | unknown |
| 200 with nothing, or cut short | `truncated` | unknown |
| no JSON, wrong encoding, two documents, a member twice, nesting too deep | `garbled` | unknown |
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
from lxml import etree

from gateway.domain.outcomes import Cause, Refusal
from gateway.emias.errors import CallFailed, CallRefused
from gateway.emias.json_tree import read_json, tag_path
from gateway.emias.profiles.calls import Call
from gateway.emias.profiles.profile import Profile, Rest
from gateway.emias.refusing import Told, refusal_of
from gateway.emias.reply import RawReply, check_limiter, fail
from gateway.emias.request import Request
from gateway.emias.security import security_headers
from gateway.emias.strictness import is_strict
from gateway.emias.translate import Values
from gateway.emias.verdicts import VerdictReader

__all__ = ["RestWire"]

_SUCCESS: Final = frozenset({200, 201})
_SERVER_ERROR: Final = 500
_JSON: Final = re.compile(r"application/(?:[\w.-]+\+)?json")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,18})?", re.ASCII)
_LISTS: Final = frozenset({"slots", "appointments", "cancelled"})
_NOT_PATHS: Final = frozenset({"no_list", "cancelled_states"})


class RestWire:
    """The `Wire` of a service of JSON over HTTP."""

    def __init__(self, profile: Profile, rest: Rest, secrets: Mapping[str, str]) -> None:
        self._profile = profile
        self._calls = profile.operations.calls()
        self._paths = {name: _result_paths(name, call) for name, call in self._calls.items()}
        self._errors = {
            key: tag_path(path)
            for key in ("code", "message", "field")
            if (path := getattr(profile.faults, key)) is not None
        }
        self._verdicts = {
            name: VerdictReader(profile, call.verdict, _tree_paths(call.verdict, frozenset()), is_strict(profile, name))
            for name, call in self._calls.items()
            if call.verdict is not None
        }
        self._headers = {"Accept": rest.accept, **security_headers(profile, secrets)}

    def paths(self, name: str) -> Mapping[str, str]:
        """Return where each result of the operation stands in the tree of its JSON."""
        return self._paths[name]

    def build(self, name: str, values: Values) -> Request:
        """Write the address and, unless it is a GET, the body."""
        call = self._calls[name]
        target = _target(call, values)
        if call.method == "GET":
            told = {path: value for path, value in self._told(call, values) if value is not None}
            query = urlencode(told, quote_via=quote)
            return Request(self._headers, None, "GET", f"{target}?{query}" if query else target)
        headers = {**self._headers, "Content-Type": "application/json"}
        body = json.dumps(self._body(call, values), ensure_ascii=False, separators=(",", ":")).encode()
        return Request(headers, body, call.method, target)

    def payload(self, name: str, reply: RawReply) -> etree._Element:
        """Return the body's tree, if neither status, error nor verdict stands against it."""
        check_limiter(reply)
        if not _JSON.fullmatch(reply.media_type):
            fail(reply, Cause.NOT_XML, good=_SUCCESS)
        try:
            payload = read_json(reply.body)
        except EOFError:
            fail(reply, Cause.TRUNCATED, good=_SUCCESS)
        except ValueError:
            fail(reply, Cause.GARBLED, good=_SUCCESS)
        if reply.status not in _SUCCESS:
            raise self._error(reply, payload)
        if name in self._verdicts:
            self._verdicts[name].check(payload)
        return payload

    def is_plain_success(self, reply: RawReply) -> bool:
        """Tell whether the reply's head promises JSON."""
        return reply.status in _SUCCESS and bool(_JSON.fullmatch(reply.media_type)) and bool(reply.body)

    def content(self, reply: RawReply) -> bytes:
        """Return the whole body."""
        return reply.body

    def _error(self, reply: RawReply, payload: etree._Element) -> CallFailed | CallRefused:
        """Believe a refusal that carries a code; of a server's own errors only one whose code the profile knows."""
        told = Told(**{key: (payload.findtext(path) or "").strip() for key, path in self._errors.items()})
        if told.code:
            error = refusal_of(self._profile, told, reply.status)
            is_guess = isinstance(error, CallRefused) and error.kind is Refusal.OTHER
            if isinstance(error, CallFailed | CallRefused) and not (is_guess and reply.status >= _SERVER_ERROR):
                return error
        return CallFailed(
            Cause.HTTP_STATUS,
            http_status=reply.status,
            code=told.safe_code if told.code else None,
            retry_after=reply.retry_after,
        )

    def _body(self, call: Call, values: Values) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for path, value in self._told(call, values):
            if value is None and self._profile.formats.absent == "omit":
                continue
            *parents, last = path.split(".")
            table = body
            for parent in parents:
                table = table.setdefault(parent, {})
            table[last] = self._written(call, path, value)
        return body

    def _written(self, call: Call, path: str, value: str | None) -> object:
        if value is None:
            return "" if self._profile.formats.absent == "empty" and path not in call.numbers else None
        if path not in call.numbers:
            return value
        if not _NUMBER.fullmatch(value):
            raise CallFailed(Cause.CONTRACT_MISMATCH, is_sent=False, code=path)
        return float(value) if "." in value else int(value)

    def _told(self, call: Call, values: Values) -> list[tuple[str, str | None]]:
        return [
            (path, name[1:] if name.startswith("=") else values.get(name)) for path, name in call.parameters.items()
        ]


def _target(call: Call, values: Values) -> str:
    """Fill the address; what has no value cannot be asked for."""
    names = {name: values.get(name) for name in re.findall(r"\{(\w+)\}", call.path)}
    if not all(names.values()):
        raise CallFailed(Cause.CONTRACT_MISMATCH, is_sent=False, code="path")
    return call.path.format(**{name: quote(value or "", safe="") for name, value in names.items()}).lstrip("/")


def _result_paths(name: str, call: Call) -> dict[str, str]:
    lists = _LISTS if name in {"get_schedule", "find"} else frozenset[str]()
    return _tree_paths(getattr(call, "result", None), lists)


def _tree_paths(table: msgspec.Struct | None, lists: frozenset[str]) -> dict[str, str]:
    named = msgspec.structs.asdict(table) if table is not None else {}
    return {
        key: tag_path(path, is_list=key in lists)
        for key, path in named.items()
        if isinstance(path, str) and key not in _NOT_PATHS
    }
