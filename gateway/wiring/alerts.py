"""The watch: the book of alerts, the addresses and the rules joined."""

from __future__ import annotations

from gateway.alerting.addresses import AlertSetupError
from gateway.alerting.rules_file import read_orders
from gateway.alerting.sender import AppriseMessenger, make_messenger
from gateway.domain.alerts.orders import Orders
from gateway.metrics import Metrics
from gateway.services.watch import Watch
from gateway.settings import AlertSettings, SettingsError
from gateway.store.alerts import AlertBook
from gateway.store.operations import Operations

__all__ = ["alert_messenger", "alert_orders", "watch_of"]


def watch_of(settings: AlertSettings, operations: Operations, metrics: Metrics) -> Watch:
    """Make the watch of this process; raise `SettingsError` when an address or a rule is wrong."""
    return Watch(
        book=AlertBook(operations.database, f"{operations.process} {operations.instance}"),
        messenger=alert_messenger(settings),
        orders=alert_orders(settings),
        quiet=settings.alert_quiet_hours,
        link=(settings.admin_origin or "").rstrip("/"),
        counted=metrics.alerts_seen,
        sent=metrics.alert_sent,
    )


def alert_messenger(settings: AlertSettings) -> AppriseMessenger:
    """Make ready to reach every address; raise `SettingsError` when one is wrong."""
    try:
        return make_messenger(settings.alert_urls.get_secret_value())
    except AlertSetupError as problem:
        raise SettingsError(str(problem)) from None


def alert_orders(settings: AlertSettings) -> Orders:
    """Read the rules; raise `SettingsError` when they are wrong."""
    try:
        return read_orders(settings.alert_rules_file)
    except AlertSetupError as problem:
        raise SettingsError(str(problem)) from None
