"""The admin as an ASGI app: `Shield`, `RussianNames`, `Gatehouse` and `Journal` around our pages and Piccolo Admin."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from piccolo_admin.endpoints import AdminRouter, create_admin
from piccolo_admin.translations.data import ENGLISH, RUSSIAN
from piccolo_api.session_auth.tables import SessionsBase
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from admin.account.office import open_office
from admin.account.routes import account_routes
from admin.account.sessions import IDLE, LONGEST
from admin.acts.routes import act_routes
from admin.alerts.routes import alert_routes
from admin.audit_export import audit_routes
from admin.dashboard.links import Links
from admin.dashboard.routes import dashboard_routes
from admin.disclosures.routes import disclosure_routes
from admin.doctor.routes import doctor_routes
from admin.frame.page import frame_assets
from admin.gatehouse import Gatehouse
from admin.headers import Shield
from admin.health import health_routes
from admin.journal import Journal
from admin.lists.routes import list_routes
from admin.mapping_sheets.routes import mapping_sheet_routes
from admin.masking import check_masked
from admin.naming import RussianNames
from admin.tables import Shown, sidebar_links, tables_shown
from admin.tables.fixed import fixed_route
from admin.users import Administrator
from gateway.settings import AdminSettings
from gateway.store.disclosures import AskingBook
from gateway.store.engine import Database
from gateway.store.tables import DoctorMapping

__all__ = ["SITE_NAME", "create_app", "is_secure"]

SITE_NAME: Final = "EMIAS gateway · Шлюз ЕМИАС"
_OURS: Final = """
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/frame/tables.css">
  <script src="/account/door.js"></script>
  <script src="/acts/rows.js" defer></script>
  <script src="/tables/fixed.js" defer></script>"""
_PAGE: Final = (
    ('lang="en"', 'lang="ru"'),
    ("<title>Piccolo Admin</title>", f"<title>{SITE_NAME}</title>{_OURS}"),
    ("We're sorry but the Piccolo Admin doesn't work", "Страницам нужен JavaScript. The admin does not work"),
)


def create_app(settings: AdminSettings, database: Database) -> ASGIApp:
    """Build the admin over an open database, which must outlive it.

    Raises:
        admin.masking.Unmasked: a table would show personal data.
    """
    shown = tables_shown()
    tables = [each.table for each in shown]
    check_masked(tables)
    database.bind(*tables, SessionsBase)
    hosts = _hosts(settings)
    office = open_office(settings, database, is_secure=is_secure(settings))
    inner = Starlette(
        routes=[
            *health_routes(database),
            *frame_assets(),
            *account_routes(office),
            *alert_routes(database, hosts),
            *audit_routes(database),
            *act_routes(database, Links(shown), hosts),
            *dashboard_routes(database, shown),
            *disclosure_routes(AskingBook(database, settings.disclosures_an_hour), hosts),
            *doctor_routes(database, hosts, Links(shown).rows(DoctorMapping)),
            fixed_route(shown),
            *list_routes(database, hosts),
            *mapping_sheet_routes(database, Links(shown).rows(DoctorMapping), hosts),
            Mount("/", _piccolo_admin(settings, shown)),
        ]
    )
    guarded = Gatehouse(Journal(inner, database), office)
    return Shield(RussianNames(guarded, [each.naming() for each in shown]), secure=is_secure(settings))


def _piccolo_admin(settings: AdminSettings, shown: list[Shown]) -> AdminRouter:
    admin: AdminRouter = create_admin(
        [each.config() for each in shown],
        auth_table=Administrator,
        session_table=SessionsBase,
        session_expiry=IDLE,
        max_session_expiry=LONGEST,
        increase_expiry=None,
        production=is_secure(settings),
        site_name=SITE_NAME,
        default_language_code="ru",
        translations=[RUSSIAN, ENGLISH],
        auto_include_related=False,
        allowed_hosts=_hosts(settings),
        sidebar_links=sidebar_links(shown),
    )
    for stock, ours in _PAGE:
        admin.template = admin.template.replace(stock, ours)
    return admin


def _hosts(settings: AdminSettings) -> list[str]:
    host = urlsplit(settings.admin_origin or "").hostname
    return [host] if host else []


def is_secure(settings: AdminSettings) -> bool:
    """Tell whether browsers reach the admin by https."""
    return (settings.admin_origin or "").startswith("https://")
