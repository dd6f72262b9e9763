"""The calls, one noun a file; each handler reads, asks a service, and shapes the answer.

`gateway.http.app` registers `ROUTES` under `/v1` and `root` beside it. Read first: `holds.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.http.routes.bookings import book, booking_state, cancel_booking
from gateway.http.routes.description import docs, docs_asset, openapi_document
from gateway.http.routes.doctors import list_doctors
from gateway.http.routes.events import receive_events
from gateway.http.routes.holds import hold_state, release_hold, renew_hold, take_hold
from gateway.http.routes.identity import complete_login, fail_login, identity_state, revoke_ticket, start_login
from gateway.http.routes.lookup import look_up_booking
from gateway.http.routes.root import root
from gateway.http.routes.slots import list_slots
from gateway.http.routes.specialties import list_specialties
from gateway.http.routes.status import gateway_status

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

__all__ = ["ROUTES", "root"]

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    list_specialties,
    list_doctors,
    list_slots,
    take_hold,
    hold_state,
    renew_hold,
    release_hold,
    book,
    booking_state,
    cancel_booking,
    look_up_booking,
    identity_state,
    start_login,
    complete_login,
    fail_login,
    revoke_ticket,
    receive_events,
    gateway_status,
    openapi_document,
    docs,
    docs_asset,
)
