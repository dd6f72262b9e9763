"""Sends through apprise, each address by itself, so that one that fails keeps none of the others waiting."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import apprise

from gateway.alerting.addresses import AlertSetupError, read_addresses
from gateway.alerting.bitrix24 import learn_bitrix24
from gateway.domain.alerts.alert import Severity
from gateway.ports.alerting import Place

__all__ = ["AppriseMessenger", "make_messenger"]

_SECONDS: Final = 20.0
_ENDING: Final = 5.0
_KINDS: Final = {
    Severity.INFO: apprise.NotifyType.INFO,
    Severity.WARNING: apprise.NotifyType.WARNING,
    Severity.CRITICAL: apprise.NotifyType.FAILURE,
}
_STATUS: Final = re.compile(r"error=(\d{3})\b")


def make_messenger(urls: str) -> AppriseMessenger:
    """Make ready to send to every address; raise `AlertSetupError` when apprise does not know one.

    Apprise's own log names addresses with what stands in them, so nothing of it gets into ours.
    """
    if not urls.strip():
        return AppriseMessenger({})
    _silence()
    learn_bitrix24()
    asset = apprise.AppriseAsset(
        app_id="EMIAS gateway",
        app_desc="Bitrix–EMIAS gateway",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        service_timeout=_SECONDS,
        language="en",
    )
    ways: dict[Place, apprise.Apprise] = {}
    for address in read_addresses(urls):
        way = apprise.Apprise(asset=asset)
        if not way.add(address.url):
            raise AlertSetupError(f"ALERT_URLS: entry {address.place.name} is no address that apprise knows")
        for service in way:
            # By itself apprise sends a text of any length, and a messenger refuses what is too long for it, each time.
            service.overflow_mode = apprise.OverflowMode.SPLIT
        ways[address.place] = way
    return AppriseMessenger(ways)


def _silence() -> None:
    own = logging.getLogger("apprise")
    own.setLevel(logging.WARNING)  # the reasons of failures are read from its records, whatever level we log at
    own.propagate = False
    own.addHandler(logging.NullHandler())
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class AppriseMessenger:
    """The ways to each place."""

    ways: dict[Place, apprise.Apprise]

    @property
    def places(self) -> Sequence[Place]:
        """List the addresses."""
        return list(self.ways)

    async def send(self, place: Place, severity: Severity, title: str, body: str) -> str | None:
        """Send to one address; return None when it took the message, else why not, in a word without secrets."""
        try:
            async with asyncio.timeout(_SECONDS + _ENDING):
                result = await self.ways[place].async_notify(
                    title=title,
                    body=body,
                    notify_type=_KINDS[severity],
                    body_format=apprise.NotifyFormat.TEXT,
                )
        except TimeoutError:
            return "timeout"
        return None if result else _why(result)


def _why(result: apprise.AppriseResult) -> str:
    if result.status is apprise.AppriseResultStatus.TIMEOUT:
        return "timeout"
    told = " ".join(entry.message for service in result for attempt in service for entry in attempt)
    status = _STATUS.search(told)
    if status:
        return f"HTTP {status[1]}"
    return "no connection" if "onnection" in told else "refused"
