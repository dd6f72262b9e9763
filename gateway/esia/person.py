"""What ESIA's REST tells of a person, read from the configured origin only and put into the domain's forms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import structlog

from gateway.domain.errors import InvalidInput, LoginFailed
from gateway.domain.identity import Account, VerifiedPerson
from gateway.domain.login_failure import FailureReason
from gateway.domain.patient import OmsPolicy, PolicyKind, Sex, Snils, parse_birth_date, parse_name
from gateway.esia.calls import CallBroke, Calls, Reply

__all__ = ["People", "read_policy", "read_snils"]

_DOCUMENTS: Final = {"embed": "(documents.elements)"}
_ELEMENTS: Final = {"embed": "(elements)"}
_POLICY: Final = "MDCL_PLCY"
_ENP_DIGITS: Final = 16
_MOST_CHILDREN: Final = 20
_CHILDREN_SECONDS: Final = 10.0
_log = structlog.stdlib.get_logger("gateway.esia")


class People:
    """Reads the holder of an account, and their children where a scope of them is asked for."""

    def __init__(self, calls: Calls, scopes: Iterable[str]) -> None:
        self._calls = calls
        self._scopes = frozenset(scopes)

    async def read(self, oid: int, access_token: str, today: date) -> Account:
        """Return an account; raise `LoginFailed`."""
        told = await self._holder(oid, access_token)
        holder = _person(told, _elements(told.get("documents")), today)
        if holder is None:
            raise LoginFailed(FailureReason.PERSON_INCOMPLETE)
        return Account(holder, await self._children(oid, access_token, today), told.get("trusted") is True)

    async def _holder(self, oid: int, access_token: str) -> dict[str, Any]:
        """Ask for the person with documents; where these are not granted, without."""
        path = f"/rs/prns/{oid}"
        if "medical_doc" in self._scopes:
            reply = await self._get(path, access_token, _DOCUMENTS)
            if reply.is_ok:
                return reply.fields()
        reply = await self._get(path, access_token)
        if not reply.is_ok:
            raise LoginFailed(FailureReason.SCOPE if _is_forbidden(reply) else FailureReason.UNREACHABLE)
        return reply.fields()

    async def _children(self, oid: int, access_token: str, today: date) -> tuple[VerifiedPerson, ...]:
        """Ask for the children; a parent is not kept out because of them."""
        if not any(scope.startswith("kid_") for scope in self._scopes):
            return ()
        try:
            async with asyncio.timeout(_CHILDREN_SECONDS):
                reply = await self._get(f"/rs/prns/{oid}/kids", access_token, _ELEMENTS)
                found = [
                    _person(told, await self._policies(oid, told, access_token), today)
                    for told in list(_elements(reply.fields()))[:_MOST_CHILDREN]
                ]
        except (LoginFailed, TimeoutError) as fault:
            _log.warning("children_not_read", fault=type(fault).__name__)
            return ()
        return tuple(child for child in found if child is not None)

    async def _policies(self, oid: int, child: dict[str, Any], access_token: str) -> list[dict[str, Any]]:
        number = child.get("id")
        if "kid_medical_doc" not in self._scopes or type(number) is not int:
            return []
        reply = await self._get(f"/rs/prns/{oid}/kids/{number}/docs", access_token, _ELEMENTS)
        return list(_elements(reply.fields())) if reply.is_ok else []

    async def _get(self, path: str, access_token: str, query: dict[str, str] | None = None) -> Reply:
        try:
            return await self._calls.get(path, query=query, bearer=access_token)
        except CallBroke:
            raise LoginFailed(FailureReason.UNREACHABLE) from None


def _is_forbidden(reply: Reply) -> bool:
    return reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def _elements(listed: Any) -> Iterator[dict[str, Any]]:
    """Iterate over what stands in a list itself; an address in it, wherever it leads, is passed over."""
    elements = listed.get("elements") if isinstance(listed, dict) else None
    return (one for one in elements if isinstance(one, dict)) if isinstance(elements, list) else iter(())


def _person(told: dict[str, Any], documents: Iterable[dict[str, Any]], today: date) -> VerifiedPerson | None:
    """Read a person; None when there is no name or birth date to book under."""
    try:
        last_name = parse_name("last_name", _text(told, "lastName"))
        first_name = parse_name("first_name", _text(told, "firstName"))
        middle_name = _text(told, "middleName").strip()
        birth_date = parse_birth_date(_text(told, "birthDate"), today)
        policy, is_verified = _best_policy(documents)
        return VerifiedPerson(
            last_name,
            first_name,
            parse_name("middle_name", middle_name) if middle_name else None,
            birth_date,
            Sex(told["gender"]) if told.get("gender") in tuple(Sex) else None,
            read_snils(_text(told, "snils")),
            policy,
            is_verified,
        )
    except InvalidInput as wrong:
        _log.warning("person_not_whole", fields=[problem.field for problem in wrong.problems])
        return None


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _best_policy(documents: Iterable[dict[str, Any]]) -> tuple[OmsPolicy | None, bool]:
    """Choose a verified policy before one that the citizen typed, and one of the new form before an old."""
    found = [
        (policy, one.get("vrfStu") == "VERIFIED")
        for one in documents
        if one.get("type") == _POLICY and (policy := read_policy(_text(one, "number"), _text(one, "series")))
    ]
    if not found:
        return None, False
    return max(found, key=lambda each: (each[1], each[0].kind is PolicyKind.ENP))


def read_snils(text: str) -> Snils | None:
    """Read a SNILS; None for one that cannot be right, so that the patient is asked for it."""
    try:
        return Snils.parse(text) if text else None
    except InvalidInput:
        _log.warning("snils_not_believed")
        return None


def read_policy(number: str, series: str) -> OmsPolicy | None:
    """Read a policy of either form; None for one that cannot be right, so that the patient is asked for it."""
    digits = "".join(number.split())
    is_new = len(digits) == _ENP_DIGITS and not series.strip()
    try:
        return OmsPolicy.parse(digits, series or None, PolicyKind.ENP if is_new else None) if digits else None
    except InvalidInput:
        _log.warning("policy_not_believed")
        return None
