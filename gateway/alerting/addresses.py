"""The addresses of alerts, as a person writes them: one a line or a space apart, some for certain severities only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.domain.alerts.alert import Severity
from gateway.ports.alerting import Place

__all__ = ["Address", "AlertSetupError", "read_addresses"]

_ENTRY: Final = re.compile(r"(?:(?P<chosen>[a-z,]+)=)?(?P<url>(?P<kind>[a-z0-9]{2,20})://\S+)", re.ASCII)


class AlertSetupError(Exception):
    """Alerts are set up wrongly; the message names the setting and never an address."""


@dataclass(frozen=True, slots=True)
class Address:
    """A place with apprise's URL of it, which holds its secret."""

    place: Place
    url: str = field(repr=False)


def read_addresses(written: str) -> Sequence[Address]:
    """Read `tgram://… critical=mailtos://…`; an entry without severities is told everything.

    Raises:
        AlertSetupError: an entry is no address.
    """
    return [_read(number, entry) for number, entry in enumerate(written.split(), 1)]


def _read(number: int, entry: str) -> Address:
    read = _ENTRY.fullmatch(entry)
    if read is None:
        raise AlertSetupError(f"ALERT_URLS: entry {number} is no address like tgram://… or critical=mailtos://…")
    chosen = read["chosen"].split(",") if read["chosen"] else list(Severity)
    if not set(chosen) <= set(Severity):
        raise AlertSetupError(f"ALERT_URLS: entry {number}: severities are {', '.join(Severity)}")
    severities = frozenset(Severity(each) for each in chosen)
    return Address(Place(f"{number}-{read['kind']}", severities), read["url"])
