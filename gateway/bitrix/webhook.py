"""Read doctors through an incoming webhook of the site's REST, where our module and its feed are not installed.

The method tells less than the feed: no order of the list, and which doctors are active only in a property of theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from gateway.bitrix.fetching import open_fetcher
from gateway.bitrix.php import as_list, as_map, as_number
from gateway.bitrix.reading import understood
from gateway.bitrix.webhook_calls import Pacing, WebhookCaller
from gateway.bitrix.webhook_reading import PropertyNames, fields_of, read_element
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSnapshot

__all__ = ["WebhookLimits", "WebhookMethod", "WebhookSource", "WebhookTable", "open_webhook"]

WebhookMethod = Literal["iblock.Element.list", "lists.element.get"]
_LARGEST_ID: Final = 2**63 - 1
_WITHOUT_COUNT: Final = -1


@dataclass(frozen=True, slots=True)
class WebhookLimits:
    """Bounds of one snapshot: pages, bytes a page, seconds a page (Bitrix's own are 60), seconds in all."""

    pages: int = 500
    page_bytes: int = 4 * 1024 * 1024
    page_seconds: float = 65.0
    seconds: float = 900.0


@dataclass(frozen=True, slots=True)
class WebhookTable:
    """Where the doctors are: the method, the information block, its type (for lists) and the properties."""

    iblock_id: int
    method: WebhookMethod = "iblock.Element.list"
    iblock_type: str = "lists"
    names: PropertyNames = field(default_factory=PropertyNames)

    def after(self, element_id: int) -> dict[str, Any]:
        """Ask for the elements with greater ids, in the order of ids."""
        return self._asking(">", element_id)

    def only(self, element_id: str) -> dict[str, Any]:
        """Ask for one element."""
        return self._asking("=", element_id)

    def _asking(self, comparison: str, element_id: int | str) -> dict[str, Any]:
        if self.method == "lists.element.get":
            return {
                "IBLOCK_TYPE_ID": self.iblock_type,
                "IBLOCK_ID": self.iblock_id,
                "ELEMENT_ORDER": {"ID": "ASC"},
                "FILTER": {f"{comparison}ID": element_id},
                "start": _WITHOUT_COUNT,
            }
        return {
            "iblockId": self.iblock_id,
            "select": ["ID", "NAME", *self.names.named()],
            "filter": [["ID", comparison, element_id]],
            "order": {"ID": "ASC"},
            "start": _WITHOUT_COUNT,
        }


@dataclass(frozen=True, slots=True)
class WebhookSource:
    """A `DoctorSource` over REST; the reasons of its refusals are stable codes.

    Besides those of the feed: `query_limit`, `operation_time_limit`, `overload_limit`, `site_closed`.
    """

    caller: WebhookCaller
    table: WebhookTable
    limits: WebhookLimits = field(default_factory=WebhookLimits)

    async def snapshot(self) -> DoctorSnapshot:
        """Read every doctor; raise `MirrorRefused` unless the list was read to its end."""
        items: dict[int, Any] = {}
        try:
            async with asyncio.timeout(self.limits.seconds):
                for _ in range(self.limits.pages):
                    page = await self._elements(self.table.after(max(items, default=0)))
                    # A short page proves nothing, the size of a page is the site's affair; only an empty one ends it.
                    if not page:
                        return self._understood(items)
                    if list(page) != sorted(page) or min(page) <= max(items, default=0):
                        raise MirrorRefused("malformed")
                    items.update(page)
        except TimeoutError:
            raise MirrorRefused("too_slow") from None
        raise MirrorRefused("snapshot_incomplete")

    async def one(self, element_id: str) -> DoctorSnapshot:
        """Read one element anew; an empty answer says that there is none."""
        found = await self._elements(self.table.only(element_id))
        if not {str(one) for one in found} <= {element_id}:
            raise MirrorRefused("malformed")
        return self._understood(found)

    async def _elements(self, parameters: dict[str, Any]) -> dict[int, Any]:
        result = await self.caller.call(self.table.method, parameters)
        if not isinstance(result, (dict, list)):
            raise MirrorRefused("malformed")
        listed = as_map(result).get("elements", []) if self.table.method == "iblock.Element.list" else result
        return _by_id(as_list(listed))

    def _understood(self, items: dict[int, Any]) -> DoctorSnapshot:
        return understood(items, lambda element: read_element(element, self.table.names))


def _by_id(elements: list[Any]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for element in elements:
        element_id = as_number(fields_of(element).get("ID"), _LARGEST_ID)
        if element_id is None or element_id in found:
            raise MirrorRefused("malformed")
        found[element_id] = element
    return found


@asynccontextmanager
async def open_webhook(
    url: str, table: WebhookTable, pacing: Pacing | None = None, limits: WebhookLimits | None = None
) -> AsyncIterator[WebhookSource]:
    """Prepare to call `https://site/rest/<user>/<secret>/`."""
    chosen = limits or WebhookLimits()
    async with open_fetcher(url, chosen.page_bytes, chosen.page_seconds) as fetcher:
        yield WebhookSource(WebhookCaller(fetcher, url, pacing or Pacing()), table, chosen)
