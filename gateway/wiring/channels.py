"""Which EMIAS serves which institutions, and how much may be asked of it."""

from __future__ import annotations

from collections.abc import Callable

from gateway.domain.circuit import CircuitRules
from gateway.emias.certificate import TlsFiles
from gateway.emias.channels import read_channels, read_secrets
from gateway.emias.connect import EmiasChannel
from gateway.emias.profiles.profile import Limits
from gateway.emias.renewal import CertificateNews
from gateway.holds.budget import RedisBudget
from gateway.holds.connection import RedisLine
from gateway.holds.observed import ObservedBudget
from gateway.holds.ration import Ration
from gateway.metrics import Metrics
from gateway.ports import Budget
from gateway.settings import ChannelSettings, Settings
from gateway.store.operations import Operations
from gateway.store.tables.choices import BeatKind

__all__ = ["certificate_watch", "circuit_rules", "emias_channel", "emias_channels", "shared_budget"]


def emias_channels(settings: Settings) -> list[EmiasChannel]:
    """List the main channel first, then those that the file names; raise `ChannelError`."""
    file = settings.emias_channels_file
    return [emias_channel(settings), *(read_channels(file) if file else ())]


def emias_channel(settings: ChannelSettings) -> EmiasChannel:
    """Name the profile, the address and the files of the main channel; raise `ChannelError`."""
    password = settings.emias_key_password
    files = TlsFiles(
        ca_file=settings.emias_ca_file,
        cert_file=settings.emias_cert_file,
        key_file=settings.emias_key_file,
        pkcs12_file=settings.emias_pkcs12_file,
        password=password.get_secret_value().encode() if password else None,
        password_file=settings.emias_key_password_file,
        server_name=settings.emias_server_name,
    )
    return EmiasChannel(
        settings.emias_profile,
        settings.emias_url,
        files,
        secrets=read_secrets(settings.emias_secrets_file) if settings.emias_secrets_file else {},
        is_test_stand=settings.emias_test_stand,
        sidecar=settings.emias_sidecar,
    )


def certificate_watch(
    metrics: Metrics, operations: Operations, channel: EmiasChannel
) -> Callable[[CertificateNews], None]:
    """Make the ear that hears of a channel's certificates."""
    name = ", ".join(channel.institutions) or "main"

    def hear(news: CertificateNews) -> None:
        if news.problem is not None:
            metrics.certificate_not_replaced(name)
        elif news.facts is not None:
            metrics.certificate_shown(name, news.facts.not_after)
            operations.tell(BeatKind.CERTIFICATE_ENDS, news.facts.not_after.timestamp(), name)

    return hear


def circuit_rules(settings: Settings) -> CircuitRules:
    """Return when an institution's EMIAS is left alone, and for how long."""
    return CircuitRules(failures=settings.emias_breaker_failures, longest=settings.emias_breaker_longest)


def shared_budget(line: RedisLine, settings: Settings, limits: Limits, metrics: Metrics) -> Budget:
    """Make a budget of the settings' numbers, or the contract's where these are less."""
    ration = Ration(
        rate=min(settings.emias_rate, limits.rate or settings.emias_rate),
        burst=min(settings.emias_burst, limits.burst or settings.emias_burst),
        concurrency=min(settings.emias_concurrency, limits.concurrency or settings.emias_concurrency),
        booking_share=settings.emias_booking_share,
    )
    return ObservedBudget(RedisBudget(line, ration), metrics)
