"""A person at the booking page: what they press and read, by the names that a screen reader tells."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.async_api import ConsoleMessage, Locator, Page, expect

__all__ = ["Visitor", "patient"]

_IMAGES = Path(__file__).parents[2] / "docs" / "images"
_LABELS = {
    "last_name": "Фамилия",
    "first_name": "Имя",
    "middle_name": "Отчество (если есть)",
    "birth_date": "Дата рождения",
    "snils": "СНИЛС",
    "oms_number": "Полис ОМС",
}
_LAST_NAMES = ("Каштанова", "Рощина", "Порогова", "Ветрова", "Полянская", "Озерова", "Лугова", "Снегова", "Ясенева")


def patient(number: int) -> dict[str, str]:
    """Invent a person whose SNILS and policy have right check digits; the same number is the same person."""
    snils = f"{112_233_000 + number:09d}"
    control = sum(int(digit) * weight for digit, weight in zip(snils, range(9, 0, -1), strict=True)) % 101 % 100
    policy = f"77564108850{number:04d}"
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(policy)]
    luhn = -sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10
    return {
        "last_name": _LAST_NAMES[number % len(_LAST_NAMES)],
        "first_name": "Вера",
        "birth_date": "14.03.1985",
        "snils": f"{snils[:3]}-{snils[3:6]}-{snils[6:]} {control:02d}",
        "oms_number": f"{policy}{luhn}",
    }


class Visitor:
    """One visitor with a session of their own; `mistakes` are errors of the console and of scripts."""

    def __init__(self, page: Page, site_url: str, picture: str = "") -> None:
        self.page = page
        self.site_url = site_url
        self.mistakes: list[str] = []
        self._picture = picture
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.mistakes.append(str(error)))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.mistakes.append(message.text)

    @property
    def booking(self) -> Locator:
        """Find the component."""
        return self.page.locator("[data-emias-appointment]")

    @property
    def lookup(self) -> Locator:
        """Find where bookings are looked up."""
        return self.booking.locator(".emias-find")

    async def open(self, path: str = "/") -> None:
        """Open the site."""
        await self.page.goto(self.site_url + path)

    async def reads(self, heading: str) -> None:
        """Wait until the step has this heading."""
        await expect(self.booking.get_by_role("heading", level=2, name=heading)).to_be_visible()

    async def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button of the component."""
        await self.booking.get_by_role("button", name=name).first.click()

    async def choose_doctor(self, specialty: str = "Терапевт", number: int = 0) -> str:
        """Choose a doctor of a specialty; tell the name."""
        await self.reads("К какому врачу записаться?")
        await self.show("1-specialty")
        await self.press(re.compile(f"^{specialty}"))
        await self.reads("Выберите врача")
        await self.show("2-doctor")
        doctor = self.booking.locator(".emias-doctor:not([disabled])").nth(number)
        name = await doctor.locator(".emias-name").inner_text()
        await doctor.click()
        await self.reads("Выберите день и время")
        return name

    async def choose_time(self, day: int = 3, number: int = -1) -> str:
        """Choose a time of a day; tell its name. The form is open when this returns."""
        await self.booking.locator(".emias-day").nth(day).click()
        await self.show("3-time")
        time = self.booking.locator(".emias-time").nth(number)
        name = await time.get_attribute("aria-label") or ""
        await time.click()
        await self.reads("Данные пациента")
        return name

    async def fill(self, person: dict[str, str]) -> None:
        """Type the patient's data and agree."""
        for name, value in person.items():
            await self.booking.get_by_label(_LABELS[name], exact=True).fill(value)
        await self.booking.get_by_label("Даю согласие на обработку").check()

    async def typed(self, name: str) -> str:
        """Read back what stands in a field."""
        return await self.booking.get_by_label(_LABELS[name], exact=True).input_value()

    async def submit(self) -> None:
        """Send the form."""
        await self.show("4-form")
        await self.press("Записаться")

    async def ticket(self) -> str:
        """Wait for the ticket; tell its number."""
        await expect(self.booking.get_by_role("heading", name="Вы записаны")).to_be_visible(timeout=60_000)
        await self.show("5-ticket")
        return await self.booking.locator(".emias-ticket__digits").inner_text()

    async def panel(self, name: str, said: str) -> None:
        """Press a button of the stand's panel and wait for what it says."""
        panel = self.page.get_by_role("complementary")
        await panel.get_by_role("button", name=name).click()
        await expect(panel.get_by_role("status")).to_have_text(re.compile(said))

    async def refuse_next(self, reason: str) -> None:
        """Let the stand's EMIAS refuse the next booking for a reason, by the panel."""
        await self.page.get_by_label("Отказ следующей записи").select_option(label=reason)
        await self.panel("Отказать", "Следующая запись получит отказ")

    async def wide(self) -> int:
        """Tell how wide the page wants to be."""
        width: int = await self.page.evaluate("document.documentElement.scrollWidth")
        return width

    async def show(self, name: str) -> None:
        """Make the picture of a step for the documents, when that was asked for."""
        if self._picture and os.environ.get("UPDATE_SCREENSHOTS") == "1":
            await expect(self.booking.locator("[aria-busy=true]")).to_have_count(0)
            _IMAGES.mkdir(exist_ok=True)
            await self.booking.screenshot(path=_IMAGES / f"booking-{name}-{self._picture}.png")
