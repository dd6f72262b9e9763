"""Bookings."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, BigInt, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.readable import Readable
from piccolo.table import Table

from gateway.domain.booking import BookingState
from gateway.domain.identity import IdentitySource, PolicyMark
from gateway.domain.outcomes import Refusal
from gateway.store.tables.api_key import ApiKey
from gateway.store.tables.doctor import Doctor
from gateway.store.tables.emias_doctor import EmiasDoctor
from gateway.store.tables.hold import Hold
from gateway.store.tables.site import Site

__all__ = ["Booking"]


class Booking(Table, tablename="bookings", help_text="Записи на приём / Bookings"):
    """A booking; its patient and contact rest sealed, and nothing of them is searched but keyed hashes."""

    id = UUID(primary_key=True)
    site_id = ForeignKey(Site, null=False, help_text="Площадка / Site")
    api_key_id = ForeignKey(ApiKey, null=False, help_text="Ключ / Key")
    hold_id = ForeignKey(Hold, null=False, help_text="Удержание / Hold")
    site_doctor_id = ForeignKey(Doctor, null=False, help_text="Врач сайта / Site's doctor")
    doctor_id = ForeignKey(EmiasDoctor, null=False, help_text="Врач ЕМИАС / EMIAS doctor")
    starts_at = Timestamptz(help_text="Начало приёма / Start")
    ends_at = Timestamptz(null=True, default=None, help_text="Конец приёма / End")
    room = Text(null=True, default=None, help_text="Кабинет / Room")
    slot_id = UUID(help_text="Слот / Slot")
    emias_slot_id = Text(help_text="Номер слота в ЕМИАС / Slot id in EMIAS")
    state = Text(default="submitting", choices=BookingState, help_text="Состояние / State")
    attempt = Integer(default=1, help_text="Попытка / Attempt")
    token = BigInt(help_text="Жетон: кто вправе менять запись / Fencing token: who may change the row")
    refusal = Text(null=True, default=None, choices=Refusal, help_text="Отказ ЕМИАС / EMIAS's refusal")
    error_code = Text(null=True, default=None, help_text="Код ошибки / Error code")
    evidence = JSONB(
        null=True, default=None, help_text="Что известно о неясном исходе / What is known of an unknown outcome"
    )
    emias_appointment_id = Text(null=True, default=None, help_text="Номер записи в ЕМИАС / Appointment id in EMIAS")
    ticket = Text(null=True, default=None, help_text="Талон / Ticket")
    patient_sealed = Text(null=True, default=None, secret=True, help_text="Пациент (зашифрован) / Patient (sealed)")
    patient_mask = Text(help_text="Пациент: инициалы и конец СНИЛС / Patient: initials and end of SNILS")
    snils_hash = Text(null=True, default=None, secret=True, help_text="Отпечаток СНИЛС / Keyed hash of the SNILS")
    guest_hash = Text(
        null=True, default=None, secret=True, help_text="Отпечаток талона и даты рождения / Hash for guests"
    )
    birth_hash = Text(
        null=True, default=None, secret=True, help_text="Отпечаток даты рождения / Keyed hash of the birth date"
    )
    contact_sealed = Text(null=True, default=None, secret=True, help_text="Связь (зашифрована) / Contact (sealed)")
    identity_source = Text(
        default="manual",
        choices=IdentitySource,
        help_text="Откуда данные пациента / Where the patient's data come from",
    )
    policy_mark = Text(
        default="typed", choices=PolicyMark, help_text="Кто ручается за полис / Who vouches for the policy"
    )
    checks = Integer(default=0, help_text="Сверок неясного исхода / Checks of an unknown outcome")
    next_check_at = Timestamptz(null=True, default=None, help_text="Следующая сверка / Next check")
    doubted_at = Timestamptz(null=True, default=None, help_text="Неясна с / In doubt since")
    look_until = Timestamptz(null=True, default=None, help_text="Сверяется до / Being checked until")
    retries_stopped = Boolean(default=False, help_text="Сверки остановлены оператором / Checks stopped by an operator")
    retention = Text(null=True, default=None, help_text="Срок хранения: какой / Which deadline holds")
    rests_since = Timestamptz(null=True, default=None, help_text="Срок хранения считается с / Its deadline counts from")
    retry_of = UUID(null=True, default=None, help_text="Повтор записи / Retry of the booking")
    created_at = Timestamptz(help_text="Создана / Created")
    updated_at = Timestamptz(help_text="Изменена / Changed")

    @classmethod
    def get_readable(cls) -> Readable:
        """Show a booking by its masked patient and start."""
        return Readable(template="%s, %s", columns=[cls.patient_mask, cls.starts_at])
