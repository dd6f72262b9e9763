"""The admin as an ASGI app: `Shield` around `RussianNames` around the probes and Piccolo Admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from piccolo_admin.endpoints import AdminRouter, create_admin
from piccolo_admin.translations.data import ENGLISH, RUSSIAN
from piccolo_api.rate_limiting.middleware import InMemoryLimitProvider
from piccolo_api.session_auth.tables import SessionsBase
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from admin.dashboard.routes import dashboard_routes
from admin.headers import Shield
from admin.health import health_routes
from admin.masking import check_masked
from admin.naming import RussianNames
from admin.tables import Shown, sidebar_links, tables_shown
from admin.users import Administrator
from gateway.settings import AdminSettings
from gateway.store.engine import Database

__all__ = ["SITE_NAME", "create_app", "is_secure"]

SITE_NAME: Final = "EMIAS gateway · Шлюз ЕМИАС"
_PAGE: Final = (
    ('lang="en"', 'lang="ru"'),
    ("<title>Piccolo Admin</title>", f'<title>{SITE_NAME}</title>\n  <link rel="icon" href="data:,">'),
    ("We're sorry but the Piccolo Admin doesn't work", "Страницам нужен JavaScript. The admin does not work"),
)
_LOGINS: Final = 20
_LOGINS_WITHIN: Final = timedelta(minutes=5)
_SESSION: Final = timedelta(hours=1)
_LONGEST_SESSION: Final = timedelta(hours=12)


def create_app(settings: AdminSettings, database: Database) -> ASGIApp:
    """Build the admin over an open database, which must outlive it.

    Raises:
        admin.masking.Unmasked: a table would show personal data.
    """
    shown = tables_shown()
    tables = [each.table for each in shown]
    check_masked(tables)
    database.bind(*tables, SessionsBase)
    inner = Starlette(
        routes=[
            *health_routes(database),
            *dashboard_routes(database, shown),
            Mount("/", _piccolo_admin(settings, shown)),
        ]
    )
    return Shield(RussianNames(inner, [each.naming() for each in shown]), secure=is_secure(settings))


def _piccolo_admin(settings: AdminSettings, shown: list[Shown]) -> AdminRouter:
    host = urlsplit(settings.admin_origin or "").hostname
    admin: AdminRouter = create_admin(
        [each.config() for each in shown],
        auth_table=Administrator,
        session_table=SessionsBase,
        session_expiry=_SESSION,
        max_session_expiry=_LONGEST_SESSION,
        rate_limit_provider=_login_limit(),
        production=is_secure(settings),
        site_name=SITE_NAME,
        default_language_code="ru",
        translations=[RUSSIAN, ENGLISH],
        auto_include_related=False,
        allowed_hosts=[host] if host else [],
        sidebar_links=sidebar_links(shown),
    )
    for stock, ours in _PAGE:
        admin.template = admin.template.replace(stock, ours)
    return admin


def is_secure(settings: AdminSettings) -> bool:
    """Tell whether browsers reach the admin by https."""
    return (settings.admin_origin or "").startswith("https://")


def _login_limit() -> InMemoryLimitProvider:
    # Without a block_duration, one guess too many would shut a whole clinic behind one address out until a restart.
    seconds = int(_LOGINS_WITHIN.total_seconds())
    return InMemoryLimitProvider(timespan=seconds, limit=_LOGINS, block_duration=seconds)
