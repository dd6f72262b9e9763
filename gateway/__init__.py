"""The house that Bitrix calls, and the domain that the gateway, the sync worker and the admin share.

Who may come in: `sync` uses the domain, ports, services and wiring; `admin` goes straight to `gateway.store`.
Read first: `gateway/domain/booking.py` for the promise, then `gateway/wiring/house.py` for how the rooms are joined.
"""

__version__ = "0.1.0"
