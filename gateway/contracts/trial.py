"""One read-only call against a stand, with what was said in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.contracts.redaction import Redaction
from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import moscow_day
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged
from gateway.emias.errors import CallFailed
from gateway.emias.reply import RawReply
from gateway.emias.request import Request
from gateway.emias.tls_refusals import what_to_do
from gateway.ports import Emias

__all__ = ["READ_ONLY", "Exchanges", "Question", "ask"]

READ_ONLY: Final = ("probe", "get_schedule", "find")
_SLOTS_SHOWN: Final = 3
_LOOK_BACK: Final = timedelta(days=31)
_LOOK_AHEAD: Final = timedelta(days=366)


@dataclass(slots=True)
class Exchanges:
    """What was overheard; it holds personal data and is shown through a redaction only."""

    all: list[tuple[Request, RawReply | CallFailed]] = field(default_factory=list, repr=False)

    def hear(self, request: Request, reply: RawReply | CallFailed) -> None:
        """Keep one exchange."""
        self.all.append((request, reply))

    def lines(self, redaction: Redaction) -> Iterator[str]:
        """Write and forget what was heard since the last time."""
        for request, reply in self.all:
            yield "→ request"
            yield from redaction.request(request)
            yield "← reply"
            yield from redaction.reply(reply)
        self.all.clear()


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask: an operation among `READ_ONLY`, and of whom; `days` from today on."""

    operation: str
    doctor: EmiasDoctorRef
    days: int
    patient: Patient | None


async def ask(
    emias: Emias, question: Question, exchanges: Exchanges, redaction: Redaction, tell: Callable[[str], None]
) -> bool:
    """Make the call, tell what was said and what the gateway reads out of it; False when it brought nothing."""
    try:
        understood = await _answer(emias, question)
    except EmiasFailure as failure:
        understood = [f"nothing to believe: {failure}", *_advice(failure)]
        is_good = False
    else:
        is_good = True
    for line in exchanges.lines(redaction):
        tell(line)
    tell("= what the gateway reads")
    for line in understood:
        tell(redaction.scrub(line))
    return is_good


def _advice(failure: EmiasFailure) -> list[str]:
    advice = what_to_do(failure.code)
    return [advice] if advice else []


async def _answer(emias: Emias, question: Question) -> list[str]:
    today, doctor = moscow_day(datetime.now(UTC)), question.doctor
    match question.operation:
        case "probe":
            return [f"answers as: {await emias.probe(doctor.lpu_code)}"]
        case "get_schedule":
            return _schedule(await emias.get_schedule(doctor, today, today + timedelta(days=question.days - 1)))
        case _:
            if question.patient is None:
                raise LookupError("a look-up needs the made-up patient of a test stand: [test_stand.patient]")
            listed = await emias.find_appointments(
                doctor.lpu_code, question.patient, today - _LOOK_BACK, today + _LOOK_AHEAD
            )
            return [f"{len(listed)} appointments, {sum(one.active for one in listed)} of them active"]


def _schedule(window: ScheduleWindow | Unchanged) -> list[str]:
    slots = window.slots if isinstance(window, ScheduleWindow) else ()
    free = [slot for slot in slots if slot.is_free]
    lines = [f"{len(slots)} slots, {len(free)} of them free"]
    for slot in free[:_SLOTS_SHOWN]:
        ends = f"–{slot.ends_at:%H:%M}" if slot.ends_at else ""
        lines.append(f"{slot.starts_at:%Y-%m-%d %H:%M}{ends} room {slot.room or '-'} id {slot.emias_slot_id}")
    return lines
