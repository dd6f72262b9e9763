"""ESIA's REST: the person, the documents and the children, each as far as the token's scopes reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from simulator.esia.call import Call
from simulator.esia.embed import embedded
from simulator.esia.installation import EsiaInstallation
from simulator.esia.persons import Child, Person, Policy
from simulator.esia.sessions import Access

__all__ = ["PersonDesk", "operation_of"]

# A field of ours, ESIA's name for it, and the scope that opens it; a child's scope begins with kid_.
_FIELDS = (
    ("first_name", "firstName", "fullname"),
    ("last_name", "lastName", "fullname"),
    ("middle_name", "middleName", "fullname"),
    ("birth_date", "birthDate", "birthdate"),
    ("gender", "gender", "gender"),
    ("snils", "snils", "snils"),
)
_NOT_ALLOWED = {"code": "ESIA-005029", "message": "SecurityErrorEnum.scopeNotAllowed"}
_BAD_TOKEN = {"code": "ESIA-005011", "message": "SecurityErrorEnum.invalidToken"}


class _ForbiddenError(Exception):
    """Say that the token's scopes do not reach so far."""


def operation_of(request: web.Request) -> str:
    """Name what is asked for: a person's documents count as such when they come with the person too."""
    if "/kids" in request.path:
        return "kids"
    spread = embedded(request.query.get("embed", ""))
    return "documents" if request.path.endswith("/docs") or "documents" in spread else "person"


@dataclass(frozen=True, slots=True)
class PersonDesk:
    """Answer `/rs/prns/{oid}` and what is below it; `elsewhere` is an address that nobody must follow with a token."""

    esia: EsiaInstallation
    elsewhere: Callable[[], str]

    async def person(self, call: Call) -> web.StreamResponse:
        """Answer with the person, and the documents when they are to be embedded."""
        return self._answer(call, self._person)

    async def documents(self, call: Call) -> web.StreamResponse:
        """Answer with the list of documents."""
        return self._answer(call, self._documents)

    async def kids(self, call: Call) -> web.StreamResponse:
        """Answer with the list of children."""
        return self._answer(call, self._kids)

    async def kid_documents(self, call: Call) -> web.StreamResponse:
        """Answer with the list of a child's documents."""
        return self._answer(call, self._kid_documents)

    def _answer(self, call: Call, write: Callable[[Call, Access], dict[str, Any]]) -> web.Response:
        kind, _, token = call.request.headers.get("Authorization", "").partition(" ")
        access = self.esia.accesses.look(token) if kind == "Bearer" else None
        if access is None:
            call.entry.outcome = "ESIA-005011"
            return web.json_response(_BAD_TOKEN, status=401)
        try:
            _check_reach(call, access)
            return web.json_response(write(call, access))
        except _ForbiddenError:
            call.entry.outcome = "ESIA-005029"
            return web.json_response(_NOT_ALLOWED, status=403)

    def _person(self, call: Call, access: Access) -> dict[str, Any]:
        person = access.person
        answer = {
            "stateFacts": ["EntityRoot"],
            "trusted": person.trusted,
            "status": "REGISTERED",
            "verifying": False,
            "updatedOn": int(self.esia.now().timestamp()),
            **_open_fields(person, access.scopes),
        }
        spread = embedded(call.request.query.get("embed", ""))
        if "documents" in spread:
            answer["documents"] = self._documents(call, access, whole="documents.elements" in spread)
        return answer

    def _documents(self, call: Call, access: Access, *, whole: bool | None = None) -> dict[str, Any]:
        _need("medical_doc", access)
        spread = "elements" in embedded(call.request.query.get("embed", "")) if whole is None else whole
        return self._list(call, "docs", _policies(access.person.policies), whole=spread)

    def _kids(self, call: Call, access: Access) -> dict[str, Any]:
        _need("kid_fullname", access)
        kids = [
            {"id": kid.oid, "trusted": True, **_open_fields(kid, access.scopes, "kid_")}
            for kid in access.person.children
        ]
        spread = embedded(call.request.query.get("embed", ""))
        return self._list(call, "kids", kids, whole="elements" in spread)

    def _kid_documents(self, call: Call, access: Access) -> dict[str, Any]:
        _need("kid_medical_doc", access)
        for kid in access.person.children:
            if str(kid.oid) == call.request.match_info["kid"]:
                spread = embedded(call.request.query.get("embed", ""))
                return self._list(call, "docs", _policies(kid.policies), whole="elements" in spread)
        raise _ForbiddenError

    def _list(self, call: Call, name: str, elements: Sequence[Mapping[str, Any]], *, whole: bool) -> dict[str, Any]:
        """Write a list: its elements themselves, or the address of each."""
        shown: list[Any] = list(elements)
        if call.fault == "off_origin":
            shown = [f"{self.elsewhere()}?{name}={element['id']}" for element in elements]
        elif not whole:
            below = f"{call.request.scheme}://{call.request.host}/rs/prns/{call.request.match_info['oid']}/{name}"
            shown = [f"{below}/{element['id']}" for element in elements]
        return {"stateFacts": ["hasSize"], "size": len(elements), "elements": shown}


def _check_reach(call: Call, access: Access) -> None:
    """Refuse another person's data."""
    if call.fault == "forbidden" or call.request.match_info["oid"] != str(access.person.oid):
        raise _ForbiddenError


def _need(scope: str, access: Access) -> None:
    if scope not in access.scopes:
        raise _ForbiddenError


def _open_fields(someone: Person | Child, scopes: frozenset[str], prefix: str = "") -> dict[str, Any]:
    """Write what the scopes open; what there is not is left out."""
    values = ((name, getattr(someone, field)) for field, name, scope in _FIELDS if f"{prefix}{scope}" in scopes)
    return {name: value for name, value in values if value is not None}


def _policies(policies: Sequence[Policy]) -> list[dict[str, Any]]:
    return [
        {
            "stateFacts": ["EntityRoot"],
            "id": 7_100_000 + place,
            "type": "MDCL_PLCY",
            "vrfStu": policy.status,
            "number": policy.number,
            **({"series": policy.series} if policy.series else {}),
        }
        for place, policy in enumerate(policies, 1)
    ]
