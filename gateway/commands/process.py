"""What every command begins with: its settings, and logs at the level that they name."""

from __future__ import annotations

import getpass
from typing import TypeVar

from gateway.logs import configure_logs
from gateway.settings import DatabaseSettings, read_settings

__all__ = ["actor_of_process", "settings_of_process"]

Chosen = TypeVar("Chosen", bound=DatabaseSettings)


def settings_of_process(model: type[Chosen]) -> Chosen:
    """Read this process's settings from the environment; raise `SettingsError`."""
    settings = read_settings(model)
    configure_logs(settings.log_level)
    return settings


def actor_of_process() -> str:
    """Name whoever runs this command, as the audit log names them."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):
        return "cli"
