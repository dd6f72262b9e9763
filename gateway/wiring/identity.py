"""Gosuslugi logins: which provider, and what they are joined to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

from gateway.esia.broker import OidcRules
from gateway.esia.calls import Origin, check_address
from gateway.esia.connect import DirectChannel, Ears, SignerChoice, open_broker, open_direct, watched
from gateway.esia.direct import DirectRules
from gateway.esia.errors import EsiaSetupError
from gateway.esia.tokens import TokenRules
from gateway.holds.connection import RedisLine
from gateway.holds.identity import RedisLogins, RedisTickets
from gateway.holds.sealing import Seal
from gateway.metrics import Metrics
from gateway.ports import Clock, IdentityProvider
from gateway.services.book import Book
from gateway.services.book_identified import BookIdentified
from gateway.services.identify import Identify
from gateway.settings import Settings
from gateway.store.operations import Operations
from gateway.store.tables.choices import BeatKind

__all__ = ["IdentityParts", "broker_channel", "checked_callbacks", "esia_channel", "open_identity"]

_BROKER_SECONDS: Final = 10.0
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class IdentityParts:
    """A login from its start to its booking."""

    identify: Identify
    book: BookIdentified


@asynccontextmanager
async def open_identity(
    settings: Settings,
    field_keys: list[str],
    line: RedisLine,
    clock: Clock,
    book: Book,
    metrics: Metrics,
    operations: Operations,
) -> AsyncIterator[IdentityParts | None]:
    """Open the provider that the settings name; None where the login is off. Raises `EsiaSetupError`."""
    if settings.identity_provider == "off":
        yield None
        return

    def tell_end(which: str, not_after: datetime) -> None:
        metrics.certificate_shown(which, not_after)
        operations.tell(BeatKind.CERTIFICATE_ENDS, not_after.timestamp(), which)

    callbacks = checked_callbacks(settings)
    ears = Ears(metrics.login_signed, metrics.esia_clock_seen, tell_end)
    async with AsyncExitStack() as stack:
        provider: IdentityProvider
        if settings.identity_provider == "broker":
            provider = await stack.enter_async_context(open_broker(*broker_channel(settings), clock, ears))
        else:
            parts = await stack.enter_async_context(open_direct(esia_channel(settings), clock, ears))
            await stack.enter_async_context(watched(parts, clock, ears))
            provider = parts.provider
        seal = Seal.from_field_keys(field_keys)
        tickets = RedisTickets(line, seal)
        lasts = timedelta(minutes=settings.identity_ticket_minutes)
        yield IdentityParts(
            Identify(provider, RedisLogins(line, seal), tickets, clock, lasts, callbacks, metrics.login_ended),
            BookIdentified(book, tickets, clock),
        )


def checked_callbacks(settings: Settings) -> dict[str, str]:
    """Return the callback of each site, `""` for any other; raise `EsiaSetupError` for one that cannot be."""
    for callback in settings.identity_redirect_uri.values():
        check_address("IDENTITY_REDIRECT_URI", callback)
    return settings.identity_redirect_uri


def esia_channel(settings: Settings) -> DirectChannel:
    """Name everything that a login with ESIA itself needs; raise `EsiaSetupError` for what is not set."""
    certificate_file = _given("ESIA_CERT_FILE", settings.esia_cert_file)
    client_id = _given("ESIA_CLIENT_ID", settings.esia_client_id)
    password = settings.esia_key_password
    auth_age = settings.esia_auth_age
    return DirectChannel(
        origin=Origin(
            settings.esia_url,
            settings.esia_ca_file,
            settings.esia_host_header,
            settings.esia_server_name,
            _near(settings),
            settings.esia_timeout,
        ),
        rules=DirectRules(
            client_id=client_id,
            scopes=" ".join(settings.esia_scopes.split()),
            public_url=settings.esia_public_url or settings.esia_url,
            certificate_file=certificate_file,
            api=settings.esia_api,
            pkce=settings.esia_pkce,
            person_filter=settings.esia_person_filter,
            require_trusted=settings.identity_require_trusted,
        ),
        tokens=TokenRules(
            settings.esia_token_alg,
            settings.esia_issuer,
            client_id,
            timedelta(seconds=auth_age) if auth_age else None,
        ),
        trust_dir=_given("ESIA_TRUST_DIR", settings.esia_trust_dir),
        signer=SignerChoice(
            settings.esia_signer,
            certificate_file,
            settings.esia_key_file,
            password.get_secret_value().encode() if password else None,
            settings.esia_openssl,
            settings.esia_sign_command,
            settings.esia_sign_reverse,
            settings.esia_sign_url,
            settings.esia_sign_token_file,
        ),
    )


def broker_channel(settings: Settings) -> tuple[Origin, OidcRules]:
    """Name the broker and how we are known to it; raise `EsiaSetupError` for what is not set."""
    issuer = _given("BROKER_ISSUER", settings.broker_issuer)
    rules = OidcRules(
        issuer=issuer,
        client_id=_given("BROKER_CLIENT_ID", settings.broker_client_id),
        secret=_given("BROKER_CLIENT_SECRET", settings.broker_client_secret).get_secret_value(),
        scopes=settings.broker_scopes,
        claims=settings.broker_claims,
        require_trusted=settings.identity_require_trusted,
    )
    origin = Origin(
        urlunsplit((*urlsplit(issuer)[:2], "", "", "")),
        settings.broker_ca_file,
        plain_http_to=_near(settings),
        seconds=_BROKER_SECONDS,
        setting="BROKER_ISSUER",
    )
    return origin, rules


def _given(name: str, value: Given | None) -> Given:
    if value is None:
        raise EsiaSetupError(f"{name}: не задано / is not set")
    return value


def _near(settings: Settings) -> tuple[str, ...]:
    return tuple(place.strip() for place in (settings.esia_plain_http_to or "").split(",") if place.strip())
