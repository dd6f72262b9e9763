"""Sites."""

from __future__ import annotations

from piccolo.columns import Serial, Text, Timestamptz
from piccolo.columns.readable import Readable
from piccolo.table import Table

__all__ = ["Site"]


class Site(Table, tablename="sites", help_text="Площадки: сайты на Битрикс / Sites on Bitrix"):
    """A Bitrix site that the gateway serves."""

    id = Serial(primary_key=True)
    code = Text(
        required=True, unique=True, help_text="Код площадки: латиница, цифры, _ и - / Site code: a-z, 0-9, _ and -"
    )
    name = Text(help_text="Название / Name")
    mirrored_at = Timestamptz(
        null=True, default=None, help_text="Когда врачи сайта последний раз сверены / Last mirror of the site's doctors"
    )
    mirror_error = Text(
        null=True, default=None, help_text="Почему последняя выгрузка врачей отвергнута / Why the last feed was refused"
    )
    mirror_error_at = Timestamptz(null=True, default=None, help_text="Когда отвергнута / When it was refused")

    @classmethod
    def get_readable(cls) -> Readable:
        """Show a site by its code."""
        return Readable(template="%s", columns=[cls.code])
