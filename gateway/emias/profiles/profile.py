"""The shape of a contract profile: what an institution's EMIAS calls things, as data."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Literal

from msgspec import Meta
from msgspec import field as made

from gateway.domain.outcomes import Refusal
from gateway.emias.profiles.calls import Call, Operations
from gateway.emias.profiles.table import Days, Path, Table

__all__ = [
    "Blackout",
    "Call",
    "Capable",
    "Closure",
    "Faults",
    "Formats",
    "Limits",
    "Operations",
    "Profile",
    "Rest",
    "Schedule",
    "Security",
    "Session",
    "Soap",
    "StandMark",
    "StandPatient",
    "Strictness",
    "TextRule",
    "Weekday",
]

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WHOLE_WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Belief = Literal["tolerant", "strict"]


class Soap(Table, frozen=True, kw_only=True):
    """A SOAP service; `binding` is `{namespace}name`, `addressing_to` the server's own address."""

    version: Literal["1.1", "1.2"]
    wsdl: str
    binding: str
    addressing: Literal["auto", "force", "off"] = "auto"
    addressing_to: str | None = None


class Rest(Table, frozen=True, kw_only=True):
    """A service of JSON over HTTP; paths of calls are joined to the channel's address."""

    accept: str = "application/json"


class Security(Table, frozen=True, kw_only=True):
    """How we show who we are, beside parameters that ask for `secret.NAME`.

    `certificate` when EMIAS wants one of ours. `ws_security` puts a UsernameToken, of the secrets `username`
    and `password`, into the header. A header is `=text` or `secret.NAME`.
    """

    certificate: bool = True
    ws_security: Literal["off", "text", "digest"] = "off"
    headers: dict[str, str] = made(default_factory=dict)


class Formats(Table, frozen=True, kw_only=True):
    """How values are written; dates by strftime, `time_zone` is that of instants without offset.

    `date_to` is for the last day of a range where it is written otherwise than the first. With `offset` required an
    instant without one is not believed. `absent` is what stands for a value that we do not have.
    """

    time_zone: str = "Europe/Moscow"
    date: str = "%Y-%m-%d"
    date_to: str | None = None
    birth_date: str = "%Y-%m-%d"
    instant: Literal["offset", "naive", "utc"] = "offset"
    offset: Literal["optional", "required"] = "optional"
    snils: Literal["plain", "dashed"] = "plain"
    policy: Literal["number", "series_and_number"] = "number"
    absent: Literal["omit", "nil", "empty"] = "omit"


class Strictness(Table, frozen=True, kw_only=True):
    """What is believed: additions and another order always; a member that stands twice only where it is tolerant."""

    create: Belief = "strict"
    reads: Belief = "tolerant"


class Schedule(Table, frozen=True, kw_only=True):
    """What a schedule reply covers; with `lists_busy` false a slot that is not listed is taken."""

    horizon_days: Days = 30
    days_per_call: Days = 10
    lists_busy: bool = True


class Session(Table, frozen=True, kw_only=True):
    """Codes that say that a session is over, so that nothing was done in it."""

    expired: tuple[str, ...] = ()


class Limits(Table, frozen=True, kw_only=True):
    """What EMIAS's owner grants: calls a second, at once after a quiet time, under way; settings may ask for less."""

    rate: Annotated[float, Meta(gt=0)] | None = None
    burst: Annotated[int, Meta(ge=1)] | None = None
    concurrency: Annotated[int, Meta(ge=1)] | None = None


class Blackout(Table, frozen=True, kw_only=True):
    """Hours without calls, by the profile's time zone; those over midnight begin on the days named."""

    starts: time
    ends: time
    days: tuple[Weekday, ...] = _WHOLE_WEEK


class Closure(Table, frozen=True, kw_only=True):
    """Announced works, once, by the profile's time zone."""

    starts: datetime
    ends: datetime


class Capable(Table, frozen=True, kw_only=True):
    """What the contract can do, declared to be compared with what its tables say."""

    lookup: bool
    cancel: bool
    returns_appointment_id: bool
    lists_busy_slots: bool
    slot_end: bool
    patient_step: bool
    native_hold: bool = False


class TextRule(Table, frozen=True, kw_only=True):
    """A refusal told by the error's text when its code says too little."""

    pattern: str
    refusal: Refusal


class Faults(Table, frozen=True, kw_only=True):
    """How an error is read, be it a typed SOAP fault, the body of an HTTP error, or an error inside a result.

    `element` is the fault's detail over SOAP; `code`, `message` and `field` lead from it, or from the body over REST. A
    `doubtful` code does not say whether EMIAS acted; nor does, if `otherwise` says so, one that nothing here knows.
    """

    element: str | None = None
    code: Path | None = None
    message: Path | None = None
    field: Path | None = None
    refusals: dict[str, Refusal] = made(default_factory=dict)
    doubtful: tuple[str, ...] = ()
    texts: tuple[TextRule, ...] = ()
    otherwise: Literal["other", "doubtful"] = "other"


class StandPatient(Table, frozen=True, kw_only=True):
    """A made-up patient whom a test stand knows; a stand's numbers may fail the checks of real ones."""

    last_name: str
    first_name: str
    birth_date: str
    snils: Annotated[str, Meta(pattern=r"^\d{11}$")]
    oms: Annotated[str, Meta(pattern=r"^\d{6,16}$")]
    middle_name: str | None = None
    sex: Literal["F", "M"] | None = None


class StandMark(Table, frozen=True, kw_only=True):
    """The mark of a test stand's profile: no gateway serves it unless its channel says that it is one."""

    patient: StandPatient


class Profile(Table, frozen=True, kw_only=True):
    """A contract as its file says it, and the folder in which the file stands; either `soap` or `rest` is there."""

    title: str
    operations: Operations
    soap: Soap | None = None
    rest: Rest | None = None
    flow: Literal["one_step", "identify_then_book", "session"] = "one_step"
    security: Security = Security()
    faults: Faults = Faults()
    formats: Formats = Formats()
    strictness: Strictness = Strictness()
    schedule: Schedule = Schedule()
    session: Session = Session()
    limits: Limits = Limits()
    blackouts: tuple[Blackout, ...] = ()
    closures: tuple[Closure, ...] = ()
    capabilities: Capable | None = None
    channel: str | None = None
    test_stand: StandMark | None = None
    folder: str = ""
