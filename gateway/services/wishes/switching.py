"""Turn an institution's switch, and pause bulk retries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gateway.domain.wish import Ending, Said, Wish, WishKind
from gateway.ports import SwitchTurner, WishBook

__all__ = ["Switching"]

_UNKNOWN: Final = Said("такого ЛПУ или выключателя нет", "there is no such LPU or switch")
_TURNED: Final = {
    ("sale", True): Said("запись на сайте открыта", "sale on the site is open"),
    ("sale", False): Said("запись на сайте закрыта", "sale on the site is closed"),
    ("calls", True): Said("обмен с ЕМИАС включён", "calls to EMIAS are on"),
    ("calls", False): Said("обмен с ЕМИАС остановлен", "calls to EMIAS are stopped"),
    ("retries", True): Said("повторы и сверки включены", "retries and looks are on"),
    ("retries", False): Said("повторы и сверки остановлены", "retries and looks are stopped"),
}
_SWITCHES: Final[dict[str, Literal["sale", "calls", "retries"]]] = {
    "sale": "sale",
    "calls": "calls",
    "retries": "retries",
}


@dataclass(frozen=True, slots=True)
class Switching:
    """Obeyed by every replica within a second."""

    switches: SwitchTurner
    book: WishBook

    async def turn(self, wish: Wish) -> Ending:
        """Turn the switch that the arguments name."""
        switch, on = _SWITCHES.get(str(wish.arguments.get("switch"))), wish.arguments.get("on")
        if switch is None or not isinstance(on, bool):
            return Ending.refused(_UNKNOWN)
        known = await self.switches.institution(wish.subject, switch, on=on, reason=wish.reason, actor=wish.actor)
        return Ending.done(_TURNED[switch, on], switch=switch, on=on) if known else Ending.refused(_UNKNOWN)

    async def pause(self, wish: Wish) -> Ending:
        """Pause the institution's bulk retries, or let them go on."""
        paused = wish.kind is WishKind.PAUSE_RETRIES
        if not await self.book.pause(wish.subject, paused=paused):
            return Ending.refused(Said("повторов по этому ЛПУ сейчас нет", "no bulk retries of this LPU are under way"))
        return Ending.done(
            Said("повторы приостановлены", "bulk retries are paused")
            if paused
            else Said("повторы продолжаются", "bulk retries go on")
        )
