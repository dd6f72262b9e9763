"""The composition root: which adapter serves which need. Doors call `open_house` and use what it yields.

May touch everything below the doors, and the settings. Read first: `house.py`.
"""

from __future__ import annotations

from gateway.wiring.channels import emias_channel, emias_channels
from gateway.wiring.house import House, field_keys, open_house
from gateway.wiring.site import open_site_feed

__all__ = ["House", "emias_channel", "emias_channels", "field_keys", "open_house", "open_site_feed"]
