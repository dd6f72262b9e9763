"""Snapshots of a site's doctors that wait for a person."""

from __future__ import annotations

from piccolo.columns import Array, BigSerial, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.site import Site

__all__ = ["MirrorRefusal"]


class MirrorRefusal(
    Table,
    tablename="mirror_refusals",
    help_text="Выгрузки, которые скрыли бы слишком много врачей / Snapshots that would hide too many doctors",
):
    """The last snapshot of a site that was not believed; approved, the next one that loses the same doctors is."""

    id = BigSerial(primary_key=True)
    site_id = ForeignKey(Site, null=False, help_text="Площадка / Site")
    fingerprint = Text(help_text="Отпечаток списка пропавших / Digest of the missing doctors")
    listed = Integer(default=0, help_text="Врачей в выгрузке / Doctors in the snapshot")
    shown = Integer(default=0, help_text="Врачей показывается / Doctors shown now")
    missing = Integer(default=0, help_text="Из них пропало / Of these missing")
    examples = Text(help_text="Кто пропал, первые по списку / Some of the missing")
    missing_ids = Array(Text(), help_text="ID пропавших / Ids of the missing")
    first_at = Timestamptz(help_text="Когда отвергнута впервые / First refused")
    last_at = Timestamptz(help_text="Когда отвергнута последний раз / Last refused")
    is_approved = Boolean(default=False, help_text="Подтверждаю: скрыть этих врачей / Approved: hide these doctors")
