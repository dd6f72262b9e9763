"""How the site's doctors are read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from gateway.bitrix.feed import open_feed
from gateway.bitrix.webhook import WebhookTable, open_webhook
from gateway.bitrix.webhook_calls import Pacing
from gateway.bitrix.webhook_reading import PropertyNames
from gateway.ports import DoctorSource
from gateway.services.mirror import MirrorDoctors
from gateway.services.reread import RereadPushed
from gateway.settings import Settings
from gateway.store import doctor_mirror, pushes
from gateway.store.engine import Database
from gateway.store.sites import Sites

__all__ = ["mirror_of", "open_site_feed", "reread_of"]

_LEASE: Final = timedelta(minutes=2)


@asynccontextmanager
async def open_site_feed(settings: Settings) -> AsyncIterator[DoctorSource | None]:
    """Prepare to read the site's doctors, through its feed or its REST; None where neither is configured."""
    if settings.bitrix_feed_url is not None and settings.bitrix_feed_key is not None:
        async with open_feed(settings.bitrix_feed_url, settings.bitrix_feed_key.get_secret_value()) as feed:
            yield feed
    elif settings.bitrix_webhook_url is not None and settings.bitrix_iblock_id is not None:
        url, pacing = settings.bitrix_webhook_url.get_secret_value(), Pacing(settings.bitrix_webhook_rate)
        async with open_webhook(url, _webhook_table(settings, settings.bitrix_iblock_id), pacing) as webhook:
            yield webhook
    else:
        yield None


def _webhook_table(settings: Settings, iblock_id: int) -> WebhookTable:
    names = PropertyNames(
        lpu_code=settings.bitrix_property_lpu_code,
        emias_doctor_id=settings.bitrix_property_emias_doctor_id,
        specialty=settings.bitrix_property_specialty,
        active=settings.bitrix_property_active,
        specialties=settings.bitrix_specialties,
    )
    return WebhookTable(iblock_id, settings.bitrix_webhook_method, settings.bitrix_iblock_type, names)


async def mirror_of(feed: DoctorSource | None, settings: Settings, database: Database) -> MirrorDoctors | None:
    """Make the mirror of the site's doctors; None where nothing tells of them."""
    if feed is None:
        return None
    return MirrorDoctors(feed, doctor_mirror.DoctorMirror(database), await Sites(database).ensure(settings.site_id))


def reread_of(mirror: MirrorDoctors | None, database: Database) -> RereadPushed | None:
    """Make what re-reads pushed doctors; None without a mirror."""
    if mirror is None:
        return None
    return RereadPushed(mirror.source, mirror.mirror, pushes.PushBook(database), mirror.site_id, _LEASE)
