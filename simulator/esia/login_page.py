"""The page on which a person logs in, and the page for a request that nobody can be sent back with."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from simulator.esia.persons import PERSONS, Person
from simulator.esia.refusals import EsiaRefusalError
from simulator.esia.sessions import Asked

__all__ = ["STYLE_PATH", "login_page", "refusal_page", "style"]

STYLE_PATH = "/stand/login.css"
_FOLDER = Path(__file__).parent
_SCOPES: Final = {
    "openid": "вход от вашего имени",
    "fullname": "фамилия, имя, отчество",
    "birthdate": "дата рождения",
    "gender": "пол",
    "snils": "СНИЛС",
    "medical_doc": "полис ОМС",
    "profile": "имя и дата рождения",
    "oms": "полис ОМС",
    "kid_fullname": "имена детей",
    "kid_birthdate": "даты рождения детей",
    "kid_gender": "пол детей",
    "kid_snils": "СНИЛС детей",
    "kid_medical_doc": "полисы ОМС детей",
}


def login_page(action: str, login: str, asked: Asked) -> web.Response:
    """Ask who logs in, and say what the system wants to know."""
    words = [_SCOPES.get(scope, scope) for scope in asked.scope.split()]
    page = _filled(
        "login_page.html",
        title=html.escape(asked.system.title),
        scopes="".join(f"<li>{html.escape(word)}</li>" for word in dict.fromkeys(words)),
        action=action,
        login=html.escape(login),
        persons="\n".join(map(_button, PERSONS)),
    )
    return _answer(page, 200, _origin(asked.redirect_uri))


def refusal_page(refusal: EsiaRefusalError) -> web.Response:
    """Say why there is no way back."""
    return _answer(_filled("refusal_page.html", description=html.escape(refusal.description)), 400, "")


async def style(_request: web.Request) -> web.Response:
    """Answer with the style of both pages."""
    return web.Response(text=(_FOLDER / "login.css").read_text(encoding="utf-8"), content_type="text/css")


def _button(person: Person) -> str:
    return (
        f'<button name="person" value="{person.key}">{html.escape(person.name)}'
        f"<small>{html.escape(person.note)}</small></button>"
    )


def _filled(name: str, **parts: str) -> str:
    return Template((_FOLDER / name).read_text(encoding="utf-8")).substitute(parts)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _answer(page: str, status: int, back_to: str) -> web.Response:
    """Answer with a page whose form may lead back to the system and nowhere else."""
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {back_to}"
    )
    headers = {
        "Content-Security-Policy": policy.strip(),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(text=page, status=status, content_type="text/html", headers=headers)
