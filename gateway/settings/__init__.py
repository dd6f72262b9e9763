"""One frozen tree of settings, read from the environment once, by the doors and the wiring only.

A secret may stand in the environment (`FIELD_KEYS`) or in a file that the environment names (`FIELD_KEYS_FILE`).
Field names in capitals are the names of the variables. Read first: `whole.py`, then the parts that it is joined of.
"""

from __future__ import annotations

from gateway.settings.alerts import AlertSettings
from gateway.settings.channel import ChannelSettings
from gateway.settings.privacy import RetentionTaskSettings, RotationTaskSettings
from gateway.settings.process import AdminSettings, DatabaseSettings, VerifySettings
from gateway.settings.reading import SettingsError, read_settings, settings_table
from gateway.settings.whole import Settings

__all__ = [
    "AdminSettings",
    "AlertSettings",
    "ChannelSettings",
    "DatabaseSettings",
    "RetentionTaskSettings",
    "RotationTaskSettings",
    "Settings",
    "SettingsError",
    "VerifySettings",
    "read_settings",
    "settings_table",
]
