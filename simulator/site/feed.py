"""The doctor feed that the site's module offers to the gateway, in Bitrix's envelope."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulator.site.directory import SiteDirectory
from simulator.site.keys import SecretSource

__all__ = ["FEED_PATH", "KEY_HEADER", "Feed"]

FEED_PATH = "/bitrix/services/main/ajax.php"
KEY_HEADER = "X-Gateway-Key"
_SCHEMA_VERSION = 1
_LARGEST_PAGE = 200


class Feed:
    """Answer `emias:gateway.feed.doctors` and `emias:gateway.feed.doctor` to the holder of a gateway key."""

    def __init__(self, directory: SiteDirectory, keys: SecretSource) -> None:
        self._directory = directory
        self._keys = keys

    async def answer(self, request: web.Request) -> web.Response:
        """Answer an action, as Bitrix's router does."""
        if not self._keys.knows(request.headers.get(KEY_HEADER, "")):
            return _refused(401, "gateway_key_rejected", "Ключ шлюза не принят")
        try:
            match request.query.get("action"):
                case "emias:gateway.feed.doctors":
                    return self._page(_number(request, "after_id", 0), _number(request, "limit", _LARGEST_PAGE))
                case "emias:gateway.feed.doctor":
                    return self._one(_number(request, "id", 0))
        except ValueError as error:
            return _refused(400, "invalid_argument", f"Неверный параметр {error}")
        return _refused(404, "22002", "Could not find the action")

    def _page(self, after_id: int, limit: int) -> web.Response:
        rest = self._directory.after(after_id)
        items = rest[: max(1, min(limit, _LARGEST_PAGE))]
        return self._succeeded(items, last_id=items[-1]["id"] if items else after_id, has_more=len(rest) > len(items))

    def _one(self, element_id: int) -> web.Response:
        element = self._directory.get(element_id)
        return self._succeeded([element] if element else [], last_id=element_id, has_more=False)

    def _succeeded(self, items: list[dict[str, Any]], *, last_id: int, has_more: bool) -> web.Response:
        data = {
            "schema_version": _SCHEMA_VERSION,
            "snapshot_id": self._directory.snapshot_id,
            "total": len(self._directory),
            "last_id": last_id,
            "has_more": has_more,
            "items": items,
        }
        return web.json_response({"status": "success", "data": data, "errors": []})


def _number(request: web.Request, name: str, default: int) -> int:
    try:
        return int(request.query.get(name, default))
    except ValueError as error:
        raise ValueError(name) from error


def _refused(status: int, code: str, message: str) -> web.Response:
    errors = [{"message": message, "code": code, "customData": None}]
    return web.json_response({"status": "error", "data": None, "errors": errors}, status=status)
