"""Logs: one JSON object a line on standard error, with the request's id and without personal data."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any, BinaryIO, Final

import msgspec
import structlog

__all__ = ["REQUEST_ID", "configure_logs"]

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""The id of the request under way; tasks that it starts inherit it."""

_PERSONAL_KEYS: Final = frozenset(
    (
        *("snils", "policy", "oms", "number", "series", "last_name", "first_name", "middle_name", "name"),
        *("birth_date", "patient", "contact", "phone", "email", "referral", "ticket", "identity_ticket", "client_ref"),
        *("authorization", "secret", "password", "key", "token", "body", "headers", "query", "session_ref", "verifier"),
        *("access_token", "id_token", "client_secret", "code_verifier", "authorize_url", "logout_url"),
    )
)
_PERSONAL_NUMBERS: Final = re.compile(
    r"(?<![\w-])(?:\d{3}[- ]\d{3}[- ]\d{3}[- ]\d{2}|\d{11}|\d{16})(?![\w-])", re.ASCII
)
_TOKENS: Final = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{2,}(?:\.[\w-]*)?|(?<=client_secret=)[^&\s]+|(?<=[?&]code=)[^&\s]+", re.ASCII
)
_REMOVED: Final = "[removed]"
_WHISPERERS: Final = ("httpx", "httpcore", "zeep", "hypercorn", "asyncio")
_FRAMES_TOLD: Final = 12
_TEMPLATES_ONLY: Final = frozenset({"request"})
"""Events so frequent that they are not searched: their values are route templates, methods and figures."""

EventDict = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logs(level: str, stream: BinaryIO | None = None) -> None:
    """Send structlog's events and the standard library's records to one place, in one form.

    Libraries that would log addresses or envelopes (httpx, zeep) are heard from `WARNING` up at any level.
    """
    least = logging.getLevelNamesMapping()[level]
    out = stream or sys.stderr.buffer
    structlog.configure(
        processors=[structlog.processors.add_log_level, *_common(), _as_json_bytes],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.BytesLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = _LineHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, *_common()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_json],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(least)
    for name in _WHISPERERS:
        logging.getLogger(name).setLevel(max(least, logging.WARNING))
    for name in ("_granian", "granian.access", "uvicorn", "uvicorn.error", "uvicorn.access"):
        own = logging.getLogger(name)
        own.handlers = []
        own.propagate = True


class _LineHandler(logging.Handler):
    """Writes whole lines, so that structlog and the standard library never share half of one."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        self._out.write(self.format(record).encode() + b"\n")
        self._out.flush()


def _common() -> list[structlog.types.Processor]:
    return [
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _add_request_id,
        _tell_fault_briefly,
        _remove_personal,
    ]


def _add_request_id(_logger: Any, _method: str, event: EventDict) -> EventDict:
    request_id = REQUEST_ID.get()
    if request_id is not None:
        event.setdefault("request_id", request_id)
    return event


def _tell_fault_briefly(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Name the exception and where it rose; its message may quote what a patient typed, so it is left out."""
    given = event.pop("exc_info", None)
    caught = _exc_info(given)
    if caught is not None:
        kind, _, trace = caught
        frames = traceback.extract_tb(trace)[-_FRAMES_TOLD:]
        event["fault"] = f"{kind.__module__}.{kind.__qualname__}"
        event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    event.pop("stack_info", None)
    return event


def _exc_info(given: Any) -> ExcInfo | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    caught = sys.exc_info() if given is True else given
    if not caught or caught[0] is None or caught[1] is None:
        return None
    return caught[0], caught[1], caught[2]


def _remove_personal(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Last line of defence: nothing personal should come this far."""
    if event.get("event") in _TEMPLATES_ONLY:
        return event
    for key, value in event.items():
        if key in _PERSONAL_KEYS:
            event[key] = _REMOVED
        elif type(value) is str:
            event[key] = _searched(value)
        elif isinstance(value, (dict, list, tuple)):
            event[key] = _without_personal(value)
    return event


def _without_personal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _REMOVED if key in _PERSONAL_KEYS else _without_personal(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_personal(inner) for inner in value]
    return _searched(value) if isinstance(value, str) else value


def _searched(text: str) -> str:
    return _TOKENS.sub(_REMOVED, _PERSONAL_NUMBERS.sub(_REMOVED, text))


def _as_json_bytes(_logger: Any, _method: str, event: EventDict) -> bytes:
    return msgspec.json.encode(event, enc_hook=_by_type_name)


def _as_json(logger: Any, method: str, event: EventDict) -> str:
    return _as_json_bytes(logger, method, event).decode()


def _by_type_name(value: Any) -> str:
    """Name the type of what JSON has no form for; printing the value could say too much."""
    return f"<{type(value).__name__}>"
