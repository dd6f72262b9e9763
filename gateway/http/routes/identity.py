"""`/v1/identity`: a visitor logs in through Gosuslugi; neither browser nor site sees the numbers."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath
from litestar.types import ASGIApp

from gateway.domain.errors import InvalidInput, LoginExpired, LoginFailed
from gateway.domain.identity import Binding, VerifiedPerson, parse_return_path
from gateway.domain.moscow import as_moscow
from gateway.http.auth import key_of
from gateway.http.calls import Answer, Call, documented
from gateway.http.door import door_of, identity_of
from gateway.http.examples import EXAMPLES
from gateway.http.forms import Form, read_uuid
from gateway.http.identity_schemas import (
    CallbackBody,
    IdentifiedOut,
    IdentityOut,
    LoginBody,
    LoginOut,
    RefusedCallbackBody,
    RefusedLoginOut,
    SubjectOut,
)
from gateway.http.problem_kinds import PROBLEM_KINDS
from gateway.http.problem_words import LOGIN_WORDS
from gateway.http.problems import DoorError, login_code
from gateway.http.replies import Reply, json_reply
from gateway.http.sent import AnyRequest, language_of, read_object
from gateway.http.ticket_form import read_session_ref
from gateway.services.identify import Identified

__all__ = ["complete_login", "fail_login", "identity_state", "revoke_ticket", "start_login"]

_LONGEST_CODE: Final = 4096
_LONGEST_STATE: Final = 128
_LONGEST_PATH: Final = 512
_LONGEST_ERROR: Final = 200
_LONGEST_DESCRIPTION: Final = 2000
_ENDS: Final = ("identity_off", "identity_unavailable", "login_expired", "login_mismatch")
_STATE = Call(
    id="getIdentity",
    summary="Whether visitors can log in through Gosuslugi",
    tag="identity",
    scope="identity",
    answers={200: Answer("On or off.", IdentityOut, EXAMPLES["identity"])},
)
_START = Call(
    id="startLogin",
    summary="Start a login",
    tag="identity",
    scope="identity",
    description="`return_path` begins with one `/`; it comes back with the end of the login.",
    answers={201: Answer("Send the browser there.", LoginOut, EXAMPLES["login"])},
    problems=("identity_off", "identity_unavailable"),
    body=LoginBody,
    body_example=EXAMPLES["login_body"],
)
_COMPLETE = Call(
    id="completeLogin",
    summary="Finish a login with what the callback brought",
    tag="identity",
    scope="identity",
    description=(
        "Once, within ten minutes, by the session that began it. `login_refused` is for the person to solve, "
        "`login_failed` is not; both name a `reason`, and `esia_code` where Gosuslugi gave one."
    ),
    answers={200: Answer("Who may be booked, masked, and a ticket.", IdentifiedOut, EXAMPLES["identified"])},
    problems=(*_ENDS, "login_refused", "login_failed"),
    body=CallbackBody,
    body_example=EXAMPLES["callback_body"],
)
_FAIL = Call(
    id="failLogin",
    summary="End a login that Gosuslugi refused",
    tag="identity",
    scope="identity",
    answers={200: Answer("Why, in words for the visitor.", RefusedLoginOut, EXAMPLES["refused_login"])},
    problems=_ENDS,
    body=RefusedCallbackBody,
    body_example=EXAMPLES["refused_callback_body"],
)
_REVOKE = Call(
    id="revokeTicket",
    summary="Revoke an identity ticket",
    tag="identity",
    scope="identity",
    description="204 whether there was one or not; another key's ticket is left alone.",
    answers={204: Answer("It is of no use now.")},
    problems=("identity_off", "identity_unavailable"),
)


@get("/identity", opt=documented(_STATE))
async def identity_state(request: AnyRequest) -> ASGIApp:
    """Tell whether the module is on for the key's site."""
    house = door_of(request).house
    is_on = house.identity is not None and house.identity.identify.callback_of(key_of(request.scope).site) is not None
    return json_reply(IdentityOut(is_on, house.settings.identity_provider if is_on else "off"))


@post("/identity/logins", opt=documented(_START))
async def start_login(request: AnyRequest) -> ASGIApp:
    """Start a login."""
    door = door_of(request)
    identity, key = identity_of(door), key_of(request.scope)
    form = Form(await read_object(request))
    session_ref = read_session_ref(form)
    return_path = form.read("return_path", _LONGEST_PATH, parse_return_path)
    form.check()
    if session_ref is None or return_path is None:
        raise InvalidInput([])
    callback = identity.identify.callback_of(key.site)
    if callback is None:
        raise DoorError("identity_off")
    binding = Binding.of(key.id, session_ref)
    door.logins.take(binding)
    started = await identity.identify.start(binding, callback, return_path)
    return json_reply(LoginOut(started.login_id, started.authorize_url, as_moscow(started.expires_at)), 201)


@post("/identity/logins/{login_id:str}/complete", status_code=200, opt=documented(_COMPLETE))
async def complete_login(request: AnyRequest, login_id: FromPath[str]) -> ASGIApp:
    """Finish a login; a caller that hangs up does not stop what cannot be done twice."""
    door = door_of(request)
    identity = identity_of(door)
    form = Form(await read_object(request))
    code = form.needed_text("code", _LONGEST_CODE)
    state, binding = _read_callback(form, request)
    form.check()
    if code is None or state is None or binding is None:
        raise InvalidInput([])
    finishing = identity.identify.complete(_login_id(login_id), state, binding, code)
    return _identified(await door.house.book.under_way.shielded(finishing))


@post("/identity/logins/{login_id:str}/fail", status_code=200, opt=documented(_FAIL))
async def fail_login(request: AnyRequest, login_id: FromPath[str]) -> ASGIApp:
    """End a login that brought no code."""
    identity = identity_of(door_of(request))
    form = Form(await read_object(request))
    error = form.needed_text("error", _LONGEST_ERROR)
    description = form.text("error_description", _LONGEST_DESCRIPTION)
    state, binding = _read_callback(form, request)
    form.check()
    if error is None or state is None or binding is None:
        raise InvalidInput([])
    failed, return_path = await identity.identify.fail(_login_id(login_id), state, binding, error, description or "")
    return _refused(request, failed, return_path)


@delete("/identity/tickets/{ticket:str}", opt=documented(_REVOKE), status_code=200)  # the reply itself says 204
async def revoke_ticket(request: AnyRequest, ticket: FromPath[str]) -> ASGIApp:
    """Revoke a ticket."""
    await identity_of(door_of(request)).book.revoke(ticket, key_of(request.scope).id)
    return Reply(204, b"", None)


def _read_callback(form: Form, request: AnyRequest) -> tuple[str | None, Binding | None]:
    state, session_ref = form.needed_text("state", _LONGEST_STATE), read_session_ref(form)
    return state, Binding.of(key_of(request.scope).id, session_ref) if session_ref else None


def _login_id(text: str) -> UUID:
    found = read_uuid(text)
    if found is None:
        raise LoginExpired
    return found


def _identified(found: Identified) -> Reply:
    subjects = tuple(_subject(name, person) for name, person in found.account.subjects().items())
    holder = subjects[0]
    source: Any = found.source.value
    return json_reply(
        IdentifiedOut(
            found.ticket,
            as_moscow(found.expires_at),
            found.return_path,
            source,
            found.account.is_trusted,
            holder.display,
            holder.snils_mask,
            holder.has_snils,
            holder.oms,
            subjects,
            found.logout_url,
        )
    )


def _subject(name: str, person: VerifiedPerson) -> SubjectOut:
    oms: Any = person.policy_state.value
    return SubjectOut(name, person.display(), person.snils_mask(), person.snils is not None, oms)


def _refused(request: AnyRequest, failed: LoginFailed, return_path: str) -> Reply:
    language, reason = language_of(request), failed.reason
    kind = PROBLEM_KINDS[login_code(reason)]
    detail = LOGIN_WORDS.get(reason, kind.detail)
    told = RefusedLoginOut(reason.value, failed.code, kind.title.told(language), detail.told(language), return_path)
    return json_reply(told, headers={"Content-Language": language.value})
