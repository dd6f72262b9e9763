"""The shipped components' pages without PHP: their own template, words, scripts and styles, put together here."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Pages"]

_GUARD = re.compile(r"^<\?php.*?\?>\n", re.DOTALL)
_ECHO = re.compile(r"<\?= htmlspecialcharsbx\((.+?)\) \?>")
_RESULT = re.compile(r"\$arResult\['(\w+)'\]")
_MESSAGE = re.compile(r"Loc::getMessage\('(\w+)'\)")
_MESS = re.compile(r"^\$MESS\['(\w+)'\] = '(.*)';$", re.MULTILINE)
_SCRIPT = re.compile(r"'(/local/js/[\w/.-]+\.js)'")
_PHONE, _PORTAL, _CONSENT = "+7 495 000-00-00", "https://emias.info/", "/stand/consent.html"


@dataclass(frozen=True, slots=True)
class _Component:
    """A component: its folder under `local/components/emias`, the prefix of its words."""

    name: str
    prefix: str


_APPOINTMENT = _Component("appointment", "EMIAS_APPOINTMENT_")
_DOCTOR_SLOTS = _Component("doctor.slots", "EMIAS_DOCTOR_SLOTS_")


class Pages:
    """Write the stand's pages out of the files under `bitrix/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def appointment(self, language: str) -> str:
        """Write the booking page."""
        config = {
            "doctor": "",
            "phone": _PHONE,
            "portalUrl": _PORTAL,
            "consentUrl": _CONSENT,
            "horizonDays": 30,
            "showFind": True,
        }
        return self._page(_APPOINTMENT, language, config, {"PHONE": _PHONE, "PORTAL_URL": _PORTAL})

    def doctor(self, language: str, doctor: str) -> str:
        """Write a doctor's page with the nearest times."""
        config = {"doctor": doctor, "count": 6, "bookingUrl": "/"}
        return self._page(_DOCTOR_SLOTS, language, config, {"BOOKING_URL": "/"})

    def _page(self, component: _Component, language: str, config: dict[str, Any], result: dict[str, Any]) -> str:
        base = f"/local/components/emias/{component.name}/templates/.default"
        words = self._words(base, language)
        texts = {code.removeprefix(component.prefix): text for code, text in words.items()}
        common = {"endpoint": "/bitrix/services/main/ajax.php", "site": language, "language": language}
        whole = json.dumps({**common, **config, "texts": texts}, ensure_ascii=False)
        scripts = [*_SCRIPT.findall(self._read("/local/js/emias/gateway/config.php")), f"{base}/script.js"]
        parts = {
            "language": language,
            "component": self._rendered(base, words, {**result, "CONFIG": whole}),
            "styles": f'<link rel="stylesheet" href="{base}/style.css">',
            "scripts": "".join(f'<script src="{src}"></script>' for src in scripts),
        }
        page = (self._folder / "stand" / "page.html").read_text(encoding="utf-8")
        return re.sub(r"{{(\w+)}}", lambda found: parts[found[1]], page)

    def _rendered(self, base: str, words: dict[str, str], result: dict[str, str]) -> str:
        """Write the template: what it echoes is a message or a member of the result."""

        def echo(found: re.Match[str]) -> str:
            expression = found[1]
            message = _MESSAGE.fullmatch(expression)
            if message:
                return html.escape(words[message[1]])
            [name] = _RESULT.findall(expression)
            return html.escape(result[name])

        return _ECHO.sub(echo, _GUARD.sub("", self._read(f"{base}/template.php")))

    def _words(self, base: str, language: str) -> dict[str, str]:
        text = self._read(f"{base}/lang/{language}/template.php")
        return {code: words.replace("\\'", "'").replace("\\\\", "\\") for code, words in _MESS.findall(text)}

    def _read(self, path: str) -> str:
        return (self._folder / path.removeprefix("/")).read_text(encoding="utf-8")
