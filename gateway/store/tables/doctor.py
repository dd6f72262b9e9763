"""Doctors as a site lists them."""

from __future__ import annotations

from piccolo.columns import BigSerial, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.readable import Readable
from piccolo.table import Table

from gateway.store.tables.site import Site

__all__ = ["Doctor"]


class Doctor(Table, tablename="doctors", help_text="Врачи, как они заведены на сайте / Doctors as the site lists them"):
    """A doctor of a site, mirrored from its feed."""

    id = BigSerial(primary_key=True)
    site_id = ForeignKey(Site, null=False, help_text="Площадка / Site")
    element_id = Text(required=True, help_text="ID элемента инфоблока / Bitrix element id")
    xml_id = Text(null=True, default=None, help_text="Внешний код / XML_ID")
    name = Text(required=True, help_text="ФИО врача / Doctor's name")
    specialty_id = Text(required=True, help_text="ID специальности / Specialty id")
    specialty_name = Text(required=True, help_text="Специальность / Specialty")
    is_active = Boolean(default=True, help_text="Показывается на сайте / Shown on the site")
    is_blocked = Boolean(
        default=False,
        help_text="Запись закрыта администратором: на сайте не предлагается, записи остаются / "
        "Booking closed by an administrator: not offered on the site, bookings stay",
    )
    sort = Integer(default=500, help_text="Порядок в списке / Order in the list")
    source_hash = Text(help_text="Отпечаток записи на сайте / Digest of the site's record")
    seen_at = Timestamptz(help_text="Когда запись сайта изменилась / When the site's record last changed")
    missing_since = Timestamptz(null=True, default=None, help_text="Нет в выгрузке с / Missing from the feed since")
    missed = Integer(default=0, help_text="Выгрузок подряд без врача / Feeds in a row without the doctor")

    @classmethod
    def get_readable(cls) -> Readable:
        """Show a doctor by name and specialty."""
        return Readable(template="%s, %s", columns=[cls.name, cls.specialty_name])
