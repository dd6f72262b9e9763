"""What one operation of a contract is told and answers, guessed into the terms of a profile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.contracts.roles import dated_lists
from gateway.contracts.words import (
    CANCELLED,
    ERROR,
    ITEMS,
    PARAMETERS,
    RESULTS,
    SECRET,
    SESSION,
    SUCCESS,
    fitting,
    flat,
)
from gateway.contracts.wsdl import Member, Operation
from gateway.emias.profiles.value_names import BROUGHT, VALUE_NAMES

__all__ = ["CallGuess", "Guess", "error_words", "guess_call"]

_STATUS: Final = r"^(status|result|answer)$"
_OFTEN_MISSING: Final = frozenset({"patient.sex", "patient.middle_name", "patient.oms_series", "referral"})
_LIST_KEYS: Final = {"get_schedule": "slots", "find": "appointments"}


@dataclass(frozen=True, slots=True)
class Guess:
    """A value for a key of the profile; `note` says why it is not sure, empty when it is."""

    value: str | list[str]
    note: str = ""


@dataclass(slots=True)
class CallGuess:
    """One operation; `members` are those that carry our values, `untold` the request's members that stay away."""

    operation: Operation
    parameters: dict[str, Guess] = field(default_factory=dict)
    result: dict[str, Guess] = field(default_factory=dict)
    verdict: dict[str, Guess] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)
    code_kind: str = ""
    slots: Member | None = None


def guess_call(role: str, operation: Operation) -> CallGuess:
    """Guess the parameters, results and verdict of an operation in its role."""
    guess = CallGuess(operation)
    _parameters(role, guess)
    _verdict(guess)
    lists = dated_lists(operation) if role in ITEMS else []
    apart = [*lists, *(member for member in operation.reply if _is_verdict(member))]
    _once(role, guess, apart)
    if lists:
        _items(role, guess, lists)
    return guess


def _parameters(role: str, guess: CallGuess) -> None:
    allowed = VALUE_NAMES[role] | (frozenset() if role in {"identify", "probe"} else {"patient_id"})
    words = [word for word in PARAMETERS if word.value in allowed]
    for member in _leaves(guess.operation.request):
        taken = [told.value for told in guess.parameters.values() if isinstance(told.value, str)]
        word = fitting(words, member, taken)
        if word is not None:
            note = "" if word.sure else f"{word.value} by the look of its name"
            guess.parameters[member.path] = Guess(word.value, note)
            guess.members[word.value] = member
            if not member.is_optional and not member.is_nillable and word.value in _OFTEN_MISSING:
                guess.needed.append(word.value)
        elif (other := _unknown(member)) is not None:
            guess.parameters[member.path] = other
        else:
            guess.untold.append(member.path)


def _unknown(member: Member) -> Guess | None:
    if SESSION.fits(member):
        return Guess("session")
    if SECRET.fits(member):
        return Guess(f"{BROUGHT}{flat(member.name)}", "a secret that the channel brings, by the look of its name")
    if len(member.facets.values) == 1:
        return Guess(f"={member.facets.values[0]}")
    if not member.is_optional and not member.is_nillable:
        return Guess("=", "the contract demands it: write =text, or a value of ours")
    if member.is_nillable and "." not in member.path:
        return Guess("absent", "nothing of ours goes by this name")
    return None


def _verdict(guess: CallGuess) -> None:
    members = list(_all(guess.operation.reply))
    if flag := next((member for member in members if SUCCESS.fits(member)), None):
        guess.verdict["success"] = Guess(flag.path)
    for member in members:
        if _is_error(member) and (words := error_words(member.members)):
            guess.verdict |= {key: Guess(found.path) for key, found in words.items()}
            guess.code_kind = words["code"].kind
            return
    for member in members:
        if re.search(_STATUS, flat(member.name)) and (words := error_words(member.members)):
            code = words["code"]
            guess.verdict["success"] = Guess(code.path)
            values = [value for value in code.facets.values if re.search("success|ok", value, re.IGNORECASE)]
            guess.verdict["success_is"] = Guess(
                values or ["SUCCESS"], "" if values else "what this status says of a success"
            )
            guess.verdict |= {key: Guess(found.path) for key, found in words.items()}
            guess.code_kind = code.kind
            return


def error_words(members: Sequence[Member]) -> dict[str, Member]:
    """Find code, message and field of an error; nothing where there is no code."""
    found: dict[str, Member] = {}
    for member in _all(members):
        if (word := fitting(ERROR, member, found)) is not None:
            found[word.value] = member
    own = {member.path for member in members}
    return found if "code" in found and found["code"].path in own else {}


def _once(role: str, guess: CallGuess, apart: Iterable[Member]) -> None:
    away = {member.path for one in apart for member in one.walk()}
    away |= {told.value for told in guess.verdict.values() if isinstance(told.value, str)}
    for member in _leaves(guess.operation.reply):
        word = fitting(RESULTS[role], member, guess.result) if member.path not in away else None
        if word is not None:
            guess.result[word.value] = Guess(member.path)
            guess.members[f"result.{word.value}"] = member


def _items(role: str, guess: CallGuess, lists: Sequence[Member]) -> None:
    gone = next((one for one in lists if re.search(CANCELLED, flat(one.path))), None) if role == "find" else None
    listed = next((one for one in lists if one is not gone), lists[0])
    guess.slots = listed
    guess.result[_LIST_KEYS[role]] = Guess(
        listed.path, "" if len(lists) <= 1 + (gone is not None) else "of several lists"
    )
    if gone is not None and gone is not listed:
        guess.result["cancelled"] = Guess(gone.path)
    for member in listed.walk():
        below = member.path.removeprefix(f"{listed.path}.")
        word = fitting(ITEMS[role], member, guess.result)
        if word is not None and ("." not in below or (role == "find" and word.value == "doctor_id")):
            guess.result[word.value] = Guess(below, "" if word.sure else "by the look of its name")
            guess.members[f"result.{word.value}"] = member
    if (state := guess.members.get("result.state")) is not None and role == "find":
        values = [value for value in state.facets.values if re.search(CANCELLED, value, re.IGNORECASE)]
        guess.result["cancelled_states"] = Guess(values, "" if values else "what a cancelled appointment's state is")
    if "success" in guess.verdict and _may_be_missing(guess.operation.reply, listed):
        guess.result["no_list"] = Guess("empty", "a success without the list is taken for an empty one")


def _may_be_missing(reply: Sequence[Member], listed: Member) -> bool:
    container = listed.path.rpartition(".")[0]
    return any(member.path == container and member.is_optional for member in _all(reply))


def _is_error(member: Member) -> bool:
    return bool(member.members) and bool(re.search(r"err|fault", flat(member.name)))


def _is_verdict(member: Member) -> bool:
    return _is_error(member) or bool(member.members and re.search(r"^status$", flat(member.name)))


def _leaves(members: Sequence[Member]) -> Iterator[Member]:
    return (member for member in _all(members) if not member.members and not member.is_list)


def _all(members: Sequence[Member]) -> Iterator[Member]:
    for member in members:
        yield from member.walk()
