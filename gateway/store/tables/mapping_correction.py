"""Mappings of the site that an administrator has put right."""

from __future__ import annotations

from piccolo.columns import BigSerial, ForeignKey, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.doctor import Doctor

__all__ = ["MappingCorrection"]


class MappingCorrection(
    Table,
    tablename="mapping_corrections",
    help_text="Связи с сайта, исправленные администратором / The site's mappings that an administrator has put right",
):
    """A pair of codes that the site gives a doctor and the mirror leaves out; the database writes it."""

    id = BigSerial(primary_key=True)
    doctor_id = ForeignKey(Doctor, null=False, help_text="Врач сайта / Site's doctor")
    lpu_code = Text(help_text="Код ЛПУ на сайте / LPU code on the site")
    emias_doctor_id = Text(help_text="Номер врача в ЕМИАС на сайте / Doctor's id in EMIAS on the site")
    at = Timestamptz(help_text="Когда исправлено / When it was put right")
