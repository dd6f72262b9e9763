"""Forms of our own pages as a browser sends them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import httpx

from tests.integration.admin.browser import Browser

__all__ = ["hidden", "send_form", "text_of"]


class _Fields(HTMLParser):
    """Collects hidden fields and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a hidden field."""
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"] or ""] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if data.strip():
            self.text.append(data.strip())


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page; of several forms' fields of one name the last."""
    return _Fields(page).fields


def text_of(page: str) -> str:
    """Return what a person reads on a page."""
    return " ".join(_Fields(page).text)


async def send_form(
    browser: Browser, path: str, fields: dict[str, str], file: bytes | None = None, *, token: bool = True
) -> httpx.Response:
    """Send a form as a browser does, with the page's token unless one leaves it out."""
    if "csrftoken" not in browser.http.cookies:
        await browser.get(path)
    named = {"csrftoken": browser.http.cookies["csrftoken"], **fields} if token else fields
    files: dict[str, Any] = {"file": ("mappings.csv", file, "text/csv")} if file is not None else {"none": ("", b"")}
    return await browser.http.post(path, data=named, files=files, headers={"Origin": browser.origin})
