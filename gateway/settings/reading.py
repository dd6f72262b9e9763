"""Read a process's settings from its environment, and list them all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.settings.process import AdminSettings
from gateway.settings.whole import Settings

__all__ = ["SettingsError", "read_settings", "settings_table"]

_SECRETS: Final = (
    *("ALERT_URLS", "FIELD_KEYS", "LOOKUP_KEY", "BITRIX_FEED_KEY", "BITRIX_WEBHOOK_URL", "EMIAS_KEY_PASSWORD"),
    *("ADMIN_MFA_KEYS", "DATABASE_URL", "REDIS_URL", "ESIA_KEY_PASSWORD", "BROKER_CLIENT_SECRET"),
)


class SettingsError(Exception):
    """The environment is wrong or incomplete; the message names each variable and what it should be."""


AnySettings = TypeVar("AnySettings", bound=BaseModel)


def read_settings(model: type[AnySettings], environment: Mapping[str, str] | None = None) -> AnySettings:
    """Read the settings of a process; raise `SettingsError` with a line for each variable that is wrong or missing."""
    given = {name.upper(): value for name, value in (os.environ if environment is None else environment).items()}
    values = {name: given.get(name.upper(), "") for name in model.model_fields}
    unreadable: dict[str, str] = {}
    for secret in _SECRETS:
        name, path = secret.lower(), given.get(f"{secret}_FILE")
        if path and values.get(name) == "":
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as fault:
                unreadable[name] = f"{secret}_FILE: cannot read {path} ({type(fault).__name__})"
    try:
        settings = model.model_validate({name: value for name, value in values.items() if value})
    except ValidationError as error:
        raise SettingsError("\n".join((_complaints(model, error) | unreadable).values())) from None
    if unreadable:
        raise SettingsError("\n".join(unreadable.values()))
    return settings


def _complaints(model: type[BaseModel], error: ValidationError) -> dict[str, str]:
    """Say what is wrong with each variable; none is quoted, for it may be a secret."""
    lines = {}
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        field = model.model_fields.get(name)
        wanted = f" — should be: {field.description}" if field else ""
        message = "is not set" if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
        lines[name] = f"{name.upper()}: {message}{wanted}" if name else message
    return lines


def settings_table() -> list[tuple[str, str, str]]:
    """List every variable with its default (`required` when there is none) and its meaning, for the docs."""
    return [
        (
            name.upper() + (" (or _FILE)" if name.upper() in _SECRETS else ""),
            "required" if field.is_required() else _shown(field.get_default(call_default_factory=True)),
            field.description or "",
        )
        for name, field in (Settings.model_fields | AdminSettings.model_fields).items()
    ]


def _shown(default: Any) -> str:
    if isinstance(default, tuple):
        return ",".join(f"{part:g}" for part in default)
    return "" if default in (None, "", {}) else str(default)
