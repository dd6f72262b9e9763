"""What people have asked the worker for."""

from __future__ import annotations

from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table

from gateway.domain.wish import WishKind, WishState

__all__ = ["Wish"]


class Wish(Table, tablename="wishes", help_text="Поручения работнику и их итоги / Wishes for the worker, with results"):
    """A wish: the admin writes it, the worker carries it out and ends it."""

    id = BigSerial(primary_key=True)
    kind = Text(choices=WishKind, help_text="Что сделать / What to do")
    subject = Text(help_text="О чём: запись, врач, связь или ЛПУ / About which booking, doctor, mapping or LPU")
    arguments = JSONB(secret=True, help_text="Подробности поручения / Arguments")
    reason = Text(help_text="Почему / Why")
    wished_by = Text(help_text="Кто поручил / Who asked")
    wished_at = Timestamptz(help_text="Когда поручено / When")
    state = Text(default="new", choices=WishState, help_text="Состояние / State")
    result = Text(help_text="Итог / Result")
    result_data = JSONB(null=True, default=None, secret=True, help_text="Итог в подробностях / Result in detail")
    parent_id = BigInt(null=True, default=None, help_text="Часть поручения / Part of the wish")
    paused = Boolean(default=False, help_text="Приостановлено / Paused")
    tries = Integer(default=0, help_text="Попыток подряд / Tries in a row")
    token = BigInt(null=True, default=None, help_text="Жетон работника / Worker's token")
    lease_until = Timestamptz(null=True, default=None, help_text="У работника до / Leased until")
    ended_at = Timestamptz(null=True, default=None, help_text="Когда кончено / Ended")
    expires_at = Timestamptz(help_text="Не начинать после / Not to be begun after")
