"""Piccolo's configuration, for its command line (`PICCOLO_CONF=gateway.store.piccolo_conf`) and its migrations.

`DB` is made when it is first asked for, from `DATABASE_URL`, unless `gateway.store.migrate` has lent its own engine.
"""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import Final

from piccolo.conf.apps import AppRegistry

from gateway.store.engine import PooledEngine

__all__ = ["APP_REGISTRY", "lent_engine"]

APP_REGISTRY = AppRegistry(
    apps=[
        "gateway.store.piccolo_app",
        "piccolo.apps.user.piccolo_app",
        "piccolo_api.session_auth.piccolo_app",
        "piccolo_api.mfa.authenticator.piccolo_app",
        "piccolo_admin.piccolo_app",
    ]
)

lent_engine: Final[ContextVar[PooledEngine]] = ContextVar("lent_engine")


def __getattr__(name: str) -> PooledEngine:
    if name != "DB":
        raise AttributeError(name)
    return lent_engine.get(None) or PooledEngine({"dsn": os.environ["DATABASE_URL"]})
