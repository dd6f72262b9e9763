"""The OpenAPI 3.1 document, from the calls that the handlers declare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.routes.base import BaseRoute

from gateway.http.calls import ACCEPT_LANGUAGE, CALL, PATH_PARAMETERS, Answer, Call, Parameter
from gateway.http.language import Language
from gateway.http.problem_kinds import PROBLEM_KINDS, ProblemKind
from gateway.http.problem_words import field_message
from gateway.http.replies import JSON, PROBLEM
from gateway.http.schemas import ProblemOut

__all__ = ["build_document"]

_ALWAYS: Final = (
    "bad_request",
    "unauthorized",
    "scope_missing",
    "rate_limited",
    "internal_error",
    "temporarily_unavailable",
)
_WITH_BODY: Final = ("malformed_json", "body_too_slow", "body_too_large", "unsupported_media_type", "validation_failed")
_WITH_RETRY_AFTER: Final = frozenset(
    {
        *("rate_limited", "temporarily_unavailable", "too_many_holds", "idempotency_in_progress", "emias_unavailable"),
        "identity_unavailable",
    }
)
_REF: Final = "#/components/schemas/{name}"
_REQUEST_ID: Final = {
    "X-Request-Id": {
        "description": "Names the request in the gateway's log; taken from the caller or made.",
        "required": True,
        "schema": {"type": "string"},
    }
}
_INFO: Final = {
    "title": "Шлюз Битрикс — ЕМИАС",
    "version": "1",
    "summary": "Books EMIAS appointments for clinic sites on 1C-Bitrix.",
    "description": (
        "Сайт читает врачей и свободное время из локального зеркала, держит время пять минут и записывает пациента в "
        "ЕМИАС ровно один раз.\n\nA site reads doctors and free slots from a local mirror, holds a slot for five "
        "minutes and books it in EMIAS exactly once. Problems are RFC 9457: act on `code`, show `title` and `detail`."
    ),
}
_TAGS: Final = (
    {"name": "directory", "description": "Specialties, doctors, free slots."},
    {"name": "holds", "description": "The five-minute soft hold."},
    {"name": "bookings", "description": "Booking, its state, cancelling, look-up."},
    {"name": "identity", "description": "Login through Gosuslugi (ESIA); off unless the installation has it."},
    {"name": "events", "description": "What the site's module tells the gateway."},
    {"name": "status", "description": "For the site's health page."},
)


def build_document(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """Describe every call that needs a key."""
    operations = list(_operations(routes))
    types = list(_types(call for _, _, call in operations))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = {str(type_): schema for type_, schema in zip(types, schemas, strict=True)}
    paths: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for path, method, call in operations:
        paths[path][method.lower()] = _operation(path, call, schema_of)
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "servers": [{"url": "/"}],
        "tags": list(_TAGS),
        "security": [{"key": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A site's key: `egw_<id>_<secret>`."}
            },
        },
    }


def _operations(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str, Call]]:
    for route in routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if (call := _call_of(handler)) is not None:
                    yield route.path_format, next(iter(handler.http_methods)), call


def _call_of(handler: HTTPRouteHandler) -> Call | None:
    call: Call | None = handler.opt.get(CALL)
    return call


def _types(calls: Iterable[Call]) -> Iterator[Any]:
    seen = {}
    for call in calls:
        for type_ in chain((answer.type for answer in call.answers.values()), (call.body, call.other_body, ProblemOut)):
            if type_ is not None:
                seen[str(type_)] = type_
    return iter(seen.values())


def _operation(path: str, call: Call, schema_of: Mapping[str, Any]) -> dict[str, Any]:
    in_path = [found for name, found in PATH_PARAMETERS.items() if f"{{{name}}}" in path]
    described: dict[str, Any] = {
        "operationId": call.id,
        "summary": call.summary,
        "description": f"{call.description}\n\nNeeds the scope `{call.scope}`.".strip(),
        "tags": [call.tag],
        "parameters": [_parameter(one) for one in (*in_path, *call.parameters, ACCEPT_LANGUAGE)],
        "responses": {
            str(status): response
            for status, response in sorted((_answers(call, schema_of) | _problems(call, schema_of)).items())
        },
    }
    if call.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: _body(call, schema_of)}}
    return described


def _body(call: Call, schema_of: Mapping[str, Any]) -> dict[str, Any]:
    usual = {"usual": {"value": call.body_example}}
    if call.other_body is None:
        return {"schema": schema_of[str(call.body)], "examples": usual}
    either = {"anyOf": [schema_of[str(call.body)], schema_of[str(call.other_body)]]}
    return {"schema": either, "examples": usual | {"other": {"value": call.other_body_example}}}


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": one.place,
        "required": one.required,
        "description": one.description,
        "schema": dict(one.schema),
        **({"example": one.example} if one.example != "" else {}),
    }


def _answers(call: Call, schema_of: Mapping[str, Any]) -> dict[int, Any]:
    return {status: _answer(answer, schema_of) for status, answer in call.answers.items()}


def _answer(answer: Answer, schema_of: Mapping[str, Any]) -> dict[str, Any]:
    headers = {
        name: {"description": description, "schema": {"type": "string"}} for name, description in answer.headers.items()
    }
    described: dict[str, Any] = {"description": answer.description, "headers": _REQUEST_ID | headers}
    if answer.type is not None:
        described["content"] = {
            JSON: {"schema": schema_of[str(answer.type)], "examples": {"usual": {"value": answer.example}}}
        }
    return described


def _problems(call: Call, schema_of: Mapping[str, Any]) -> dict[int, Any]:
    by_status: defaultdict[int, list[ProblemKind]] = defaultdict(list)
    for code in dict.fromkeys((*call.problems, *(_WITH_BODY if call.body else ()), *_ALWAYS)):
        by_status[PROBLEM_KINDS[code].status].append(PROBLEM_KINDS[code])
    return {status: _problem(kinds, schema_of) for status, kinds in by_status.items()}


def _problem(kinds: list[ProblemKind], schema_of: Mapping[str, Any]) -> dict[str, Any]:
    headers: dict[str, Any] = dict(_REQUEST_ID)
    headers["Content-Language"] = {"description": "Language of the words.", "schema": {"type": "string"}}
    if not _WITH_RETRY_AFTER.isdisjoint(kind.code for kind in kinds):
        headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
    return {
        "description": ", ".join(f"`{kind.code}`" for kind in kinds),
        "headers": headers,
        "content": {
            PROBLEM: {
                "schema": schema_of[str(ProblemOut)],
                "examples": {kind.code: {"summary": kind.title.en, "value": _problem_example(kind)} for kind in kinds},
            }
        },
    }


def _problem_example(kind: ProblemKind) -> dict[str, Any]:
    example = {
        "type": kind.type,
        "title": kind.title.ru,
        "status": kind.status,
        "detail": kind.detail.ru,
        "code": kind.code,
        "request_id": "5f0c1f6f2a7d4e11",
    }
    if kind.code == "validation_failed":
        message = field_message("required", Language.RU)
        return example | {"errors": [{"field": "patient.snils", "code": "required", "message": message}]}
    return example
