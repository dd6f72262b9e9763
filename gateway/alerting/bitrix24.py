"""Bitrix24's chats, which apprise does not know: `bitrix24://<portal>/<user>/<secret>/<dialog>`.

The first three are those of an incoming webhook with the right `im`, the last is a chat (`chat42`) or a person's id.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, Final

import apprise
import httpx
from apprise.logger import logger

__all__ = ["learn_bitrix24"]

_SCHEMA: Final = "bitrix24"
_SECONDS: Final = 10.0
_PARTS: Final = 3


def learn_bitrix24() -> None:
    """Teach apprise these addresses, once a process."""
    # Apprise leaves both without types.
    manager: Any = apprise.NotificationManager
    decorators: Any = apprise.decorators
    if _SCHEMA not in manager():
        decorators.notify(on=_SCHEMA, name="Bitrix24")(_send)


def _send(body: str, title: str, *_args: Any, meta: dict[str, Any], **_kwargs: Any) -> bool:
    parts = [part for part in str(meta.get("fullpath") or "").split("/") if part]
    if len(parts) != _PARTS:
        logger.warning("A Bitrix24 address has a portal, a user, a secret and a dialog.")
        return False
    user, secret, dialog = parts
    host, port = meta["host"], meta.get("port")
    scheme = "http" if _is_loopback(host) else "https"
    where = f"{scheme}://{host}{f':{port}' if port else ''}/rest/{user}/{secret}/im.message.add.json"
    try:
        answer = httpx.post(where, json={"DIALOG_ID": dialog, "MESSAGE": f"[B]{title}[/B]\n{body}"}, timeout=_SECONDS)
    except httpx.HTTPError:
        logger.warning("A Connection error occurred sending Bitrix24 notification.")
        return False
    if not _is_taken(answer):
        logger.warning("Bitrix24 took no message: error=%d.", answer.status_code)
        return False
    return True


def _is_taken(answer: httpx.Response) -> bool:
    """Tell whether the portal answered with the number of a message, not with an error."""
    try:
        told = answer.json()
    except ValueError:
        return False
    return answer.is_success and isinstance(told, dict) and bool(told.get("result"))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
