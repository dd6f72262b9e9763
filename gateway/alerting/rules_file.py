"""The limits that an installation has of its own."""

from __future__ import annotations

import tomllib
from pathlib import Path

from gateway.alerting.addresses import AlertSetupError
from gateway.domain.alerts.orders import ORDERS, Orders, orders_from

__all__ = ["read_orders"]


def read_orders(file: Path | None) -> Orders:
    """Return the shipped orders with those of a TOML file in their place; raise `AlertSetupError`."""
    if file is None:
        return ORDERS
    try:
        return orders_from(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as problem:
        raise AlertSetupError(f"ALERT_RULES_FILE: {file}: {problem}") from None
