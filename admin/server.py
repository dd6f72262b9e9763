"""`emias-gateway admin`: the admin on its own port."""

from __future__ import annotations

import warnings

import structlog

from admin.app import create_app, is_secure
from admin.metrics import AdminMetrics
from gateway.serving import Listener, serve, stop_on_signals
from gateway.settings import AdminSettings
from gateway.store.engine import open_database

__all__ = ["serve_admin"]

_log = structlog.get_logger()


async def serve_admin(settings: AdminSettings) -> int:
    """Serve until SIGTERM or SIGINT; requests under way are answered first."""
    stop = stop_on_signals()
    if not is_secure(settings):
        # Said once and in our words, instead of Piccolo's own warning at every login.
        warnings.filterwarnings("ignore", message="If running sessions in production", category=UserWarning)
        _log.warning("admin.without_https", host=settings.admin_host, wanted="ADMIN_ORIGIN=https://…")
    url = settings.database_url.get_secret_value()
    async with open_database(url, max_size=settings.database_pool, application_name="emias-gateway admin") as database:
        metrics = AdminMetrics()
        app = metrics.counted(create_app(settings, database))
        listeners = [Listener(app, settings.admin_host, settings.admin_port, "ADMIN_PORT")]
        if settings.admin_internal_port is not None:
            internal = (settings.internal_host, settings.admin_internal_port, "ADMIN_INTERNAL_PORT")
            listeners.append(Listener(metrics.app(), *internal))
        await serve(listeners, stop)
    return 0
