"""`emias-gateway mirror approve`."""

from __future__ import annotations

import pytest

from gateway.commands.mirror import approve_removal
from gateway.domain.errors import MirrorRefused
from gateway.settings import DatabaseSettings
from gateway.store.doctor_mirror import DoctorMirror
from gateway.store.engine import Database
from tests.integration.builders import MadeSite
from tests.integration.store.site_list import apply, staff


async def test_a_refused_list_is_shown_and_approved(
    database: Database, site: MadeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command tells how many doctors would go and who, then lets the next list like it pass."""
    settings, mirror = DatabaseSettings.model_validate({"database_url": database.url}), DoctorMirror(database)
    assert await approve_removal(settings, site.code, sure=True) == 1
    assert "no refused doctor list" in capsys.readouterr().out
    await apply(mirror, site.id, staff(20))
    with pytest.raises(MirrorRefused):
        await apply(mirror, site.id, staff(10))
    assert await approve_removal(settings, site.code, sure=True) == 0
    told = capsys.readouterr().out
    assert "lacks 10 of the 20 shown: Врач 11; Врач 12" in told
    assert (await apply(mirror, site.id, staff(10))).removed == 10
