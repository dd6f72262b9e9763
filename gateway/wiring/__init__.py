"""The composition root: which adapter serves which need. Doors call `open_house` and use what it yields.

May touch everything below the doors, and the settings. Read first: `house.py`.
"""

from __future__ import annotations

from gateway.wiring.alerts import alert_messenger, alert_orders
from gateway.wiring.channels import emias_channel, emias_channels
from gateway.wiring.house import House, field_keys, open_house
from gateway.wiring.identity import IdentityParts, broker_channel, checked_callbacks, esia_channel
from gateway.wiring.site import open_site_feed

__all__ = [
    "House",
    "IdentityParts",
    "alert_messenger",
    "alert_orders",
    "broker_channel",
    "checked_callbacks",
    "emias_channel",
    "emias_channels",
    "esia_channel",
    "field_keys",
    "open_house",
    "open_site_feed",
]
