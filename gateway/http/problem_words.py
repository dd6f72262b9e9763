"""What a problem says to a patient and to a programmer, in Russian and English."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.domain.login_failure import FailureReason
from gateway.domain.outcomes import Refusal
from gateway.http.language import Language

__all__ = ["FIELD_WORDS", "LOGIN_WORDS", "REFUSAL_WORDS", "Words", "field_message"]


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    ru: str
    en: str

    def told(self, language: Language) -> str:
        """Return the text in a language."""
        return self.en if language is Language.EN else self.ru


FIELD_WORDS: Final = MappingProxyType(
    {
        "required": Words("Заполните это поле.", "Fill in this field."),
        "wrong_type": Words("Неверный тип значения.", "The value is of a wrong type."),
        "unknown_field": Words("Такого поля нет.", "There is no such field."),
        "too_long": Words("Слишком длинное значение.", "The value is too long."),
        "text_format": Words("Есть недопустимые символы.", "There are characters that are not allowed."),
        "not_one_of": Words("Выберите одно из допустимых значений.", "Choose one of the allowed values."),
        "uuid_format": Words("Нужен идентификатор вида UUID.", "A UUID is needed."),
        "date_format": Words("Нужна дата вида ГГГГ-ММ-ДД.", "A date like YYYY-MM-DD is needed."),
        "date_in_past": Words("Дата уже прошла.", "The date is in the past."),
        "range_reversed": Words("Конец периода раньше начала.", "The range ends before it begins."),
        "range_too_long": Words("Слишком длинный период.", "The range is too long."),
        "limit_range": Words("Нужно целое число от 1 до 200.", "A whole number from 1 to 200 is needed."),
        "events_range": Words("Нужно от 1 до 100 событий.", "There are 1 to 100 events in a batch."),
        "element_id_format": Words(
            "Нужен ID элемента: целое число больше нуля.", "An element id is needed, 1 or more."
        ),
        "cursor_format": Words("Начните просмотр с первой страницы.", "Start again from the first page."),
        "snils_format": Words(
            "СНИЛС состоит из 11 цифр, например 112-233-445 95.", "A SNILS has 11 digits, like 112-233-445 95."
        ),
        "snils_checksum": Words(
            "Проверьте СНИЛС: контрольное число не сходится.", "Check the SNILS: its control number does not match."
        ),
        "enp_format": Words(
            "Номер полиса ОМС состоит из 16 цифр. Для полиса старого образца укажите и серию.",
            "An OMS policy number has 16 digits. For an old policy give its series too.",
        ),
        "enp_checksum": Words(
            "Проверьте номер полиса ОМС: в нём опечатка.", "Check the OMS policy number: it has a misprint."
        ),
        "oms_format": Words("Проверьте серию и номер полиса ОМС.", "Check the series and number of the OMS policy."),
        "given_by_gosuslugi": Words(
            "Это сообщают Госуслуги: оставьте поле пустым.", "Gosuslugi tells this: leave the field empty."
        ),
        "path_format": Words(
            "Нужен путь на этом же сайте, например /zapis/.", "A path of the same site is needed, like /zapis/."
        ),
        "session_ref_format": Words(
            "Нужно от 16 до 128 видимых знаков ASCII без пробелов.",
            "16 to 128 visible ASCII characters without spaces are needed.",
        ),
        "name_format": Words(
            "Укажите как в паспорте: буквы, дефис, пробел, не длиннее 100 знаков.",
            "Write it as in the passport: letters, hyphen, space, at most 100 characters.",
        ),
        "birth_date_format": Words(
            "Укажите дату рождения как ДД.ММ.ГГГГ или ГГГГ-ММ-ДД.", "Give the birth date as DD.MM.YYYY or YYYY-MM-DD."
        ),
        "birth_date_range": Words(
            "Проверьте дату рождения: она раньше 1900 года или в будущем.",
            "Check the birth date: it is before 1900 or in the future.",
        ),
    }
)
"""Messages of the field codes; `field_message` speaks for codes that are not here."""

_CHECK_FIELD: Final = Words("Проверьте это поле.", "Check this field.")

REFUSAL_WORDS: Final = MappingProxyType(
    {
        Refusal.PATIENT_NOT_FOUND: Words(
            "ЕМИАС не нашла пациента с такими данными. Проверьте ФИО, дату рождения, СНИЛС и полис ОМС; "
            "если всё верно, обратитесь в регистратуру.",
            "EMIAS knows no patient with these data. Check the name, birth date, SNILS and OMS policy; if all is "
            "right, ask the reception desk.",
        ),
        Refusal.PATIENT_DATA_MISMATCH: Words(
            "Данные пациента не совпали с данными ЕМИАС. Проверьте ФИО, дату рождения, СНИЛС и полис ОМС.",
            "The patient's data differ from those in EMIAS. Check the name, birth date, SNILS and OMS policy.",
        ),
        Refusal.NOT_ATTACHED: Words(
            "Пациент не прикреплён к этой поликлинике. Выберите свою поликлинику или обратитесь в регистратуру.",
            "The patient is not attached to this clinic. Choose the clinic of attachment or ask the reception desk.",
        ),
        Refusal.POLICY_INVALID: Words(
            "Полис ОМС недействителен или не найден. Проверьте номер или обратитесь в страховую компанию.",
            "The OMS policy is not valid or not known. Check its number or ask the insurer.",
        ),
        Refusal.AGE_OR_SEX: Words(
            "Этот врач не принимает пациентов такого возраста или пола. Выберите другого врача.",
            "This doctor does not see patients of this age or sex. Choose another doctor.",
        ),
        Refusal.REFERRAL_REQUIRED: Words(
            "К этому врачу записывают по направлению. Укажите номер направления или сначала запишитесь к терапевту.",
            "This doctor sees patients with a referral only. Give its number, or see a general practitioner first.",
        ),
        Refusal.LIMIT_REACHED: Words(
            "У пациента уже есть наибольшее число записей. Отмените ненужную запись и попробуйте снова.",
            "The patient has as many appointments as allowed. Cancel one that is not needed and try again.",
        ),
        Refusal.VALIDATION: Words(
            "ЕМИАС не приняла данные пациента. Проверьте отмеченные поля.",
            "EMIAS did not accept the patient's data. Check the fields that are named.",
        ),
    }
)
"""What `patient_rejected` says for each reason that lies with the patient's data or rights."""


LOGIN_WORDS: Final = MappingProxyType(
    {
        FailureReason.PERSON_REFUSED: Words(
            "Вы не разрешили передать данные с Госуслуг. Войдите ещё раз или заполните данные пациента в форме.",
            "You did not allow Gosuslugi to share the data. Log in again, or fill in the patient's data in the form.",
        ),
        FailureReason.ACCOUNT_NOT_CONFIRMED: Words(
            "Учётная запись на Госуслугах не подтверждена. Подтвердите её или заполните данные пациента в форме.",
            "The Gosuslugi account is not confirmed. Confirm it, or fill in the patient's data in the form.",
        ),
        FailureReason.PERSON_INCOMPLETE: Words(
            "На Госуслугах не хватает имени или даты рождения. Заполните данные пациента в форме.",
            "Gosuslugi does not tell a name or a birth date. Fill in the patient's data in the form.",
        ),
        FailureReason.OVERLOADED: Words(
            "Госуслуги сейчас перегружены. Попробуйте позже или заполните данные пациента в форме.",
            "Gosuslugi is overloaded. Try again later, or fill in the patient's data in the form.",
        ),
        FailureReason.UNREACHABLE: Words(
            "Госуслуги не отвечают. Попробуйте позже или заполните данные пациента в форме.",
            "Gosuslugi does not answer. Try again later, or fill in the patient's data in the form.",
        ),
    }
)
"""What a failed login says where there is more to say than that it failed."""


def field_message(code: str, language: Language) -> str:
    """Return what a field's code means."""
    return FIELD_WORDS.get(code, _CHECK_FIELD).told(language)
