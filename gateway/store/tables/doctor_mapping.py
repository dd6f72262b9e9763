"""What joins a site's doctor to an EMIAS doctor."""

from __future__ import annotations

from piccolo.columns import BigSerial, ForeignKey, Text
from piccolo.table import Table

from gateway.store.tables.choices import MappingOrigin, MappingStatus
from gateway.store.tables.doctor import Doctor
from gateway.store.tables.emias_doctor import EmiasDoctor

__all__ = ["DoctorMapping"]


class DoctorMapping(
    Table,
    tablename="doctor_mappings",
    help_text="Связи врачей сайта с врачами ЕМИАС / Site doctors mapped to EMIAS doctors",
):
    """A site doctor's place in EMIAS; the database itself fills status, reason and EMIAS doctor."""

    id = BigSerial(primary_key=True)
    doctor_id = ForeignKey(
        Doctor, null=False, help_text="Врач сайта: к кому запишут / Site's doctor: whom patients book"
    )
    lpu_code = Text(
        help_text="Код ЛПУ: как в списке «Медучреждения», с нулями впереди / LPU code: as under Institutions"
    )
    emias_doctor_id = Text(
        help_text="Номер врача в ЕМИАС: одна связь — один номер, у номера один врач сайта / "
        "Doctor's id in EMIAS: one id a mapping, one doctor of the site an id"
    )
    origin = Text(default="admin", choices=MappingOrigin, help_text="Откуда связь / Where the mapping comes from")
    status = Text(
        default="mapped", choices=MappingStatus, help_text="Состояние (ставит база) / Status (set by the database)"
    )
    reason = Text(help_text="Почему не связан (ставит база) / Why not mapped (set by the database)")
    emias_doctor = ForeignKey(
        EmiasDoctor, null=True, default=None, help_text="Врач ЕМИАС (ставит база) / EMIAS doctor (set by the database)"
    )
