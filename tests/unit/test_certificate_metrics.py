"""What Prometheus is told of the certificate toward EMIAS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.metrics import Metrics


def _value(metrics: Metrics, name: str, channel: str) -> float | None:
    return metrics.registry.get_sample_value(name, {"channel": channel})


def test_each_channel_tells_when_its_certificate_expires() -> None:
    """The instant is the one of the certificate, so that the days left are a subtraction."""
    metrics, now = Metrics(), datetime.now(UTC)
    metrics.certificate_shown("main", now + timedelta(days=40))
    metrics.certificate_shown("0202", now - timedelta(days=1))

    expiry = {
        name: _value(metrics, "emias_gateway_certificate_expiry_timestamp_seconds", name) for name in ("main", "0202")
    }
    assert expiry == {"main": (now + timedelta(days=40)).timestamp(), "0202": (now - timedelta(days=1)).timestamp()}


def test_files_that_cannot_be_used_are_told_until_they_can() -> None:
    """The problem stands beside the days of the certificate that is shown still."""
    metrics, ends = Metrics(), datetime.now(UTC) + timedelta(days=40)
    metrics.certificate_shown("main", ends)
    metrics.certificate_not_replaced("main")
    assert _value(metrics, "emias_gateway_certificate_not_replaced", "main") == 1

    metrics.certificate_shown("main", ends)
    assert _value(metrics, "emias_gateway_certificate_not_replaced", "main") == 0
