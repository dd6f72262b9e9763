"""The mappings as the admin lists them: each with what is to be done, and by whom its place is held."""

from __future__ import annotations

from typing import Final

from admin.computed import ComputedText
from gateway.store.tables import DoctorMapping

__all__ = ["MappingBoard"]

_HOLDERS: Final = """(
    SELECT string_agg(his.name || ' (№ ' || held.id || ')', ', ' ORDER BY held.id)
    FROM doctor_mappings held JOIN doctors his ON his.id = held.doctor_id
    WHERE held.lpu_code = {table}.lpu_code AND held.emias_doctor_id = {table}.emias_doctor_id
      AND held.status = 'mapped' AND held.id <> {table}.id
      AND his.site_id = (SELECT mine.site_id FROM doctors mine WHERE mine.id = {table}.doctor_id))"""
_KNOWN: Final = "(SELECT string_agg(lpu_code, ', ' ORDER BY lpu_code) FROM institutions)"
_READ: Final = """(
    SELECT CASE WHEN NOT i.is_open THEN 'связан, но запись в ЛПУ закрыта · mapped, the LPU is closed'
                WHEN d.is_blocked THEN 'связан, но запись к врачу закрыта · mapped, the doctor is blocked'
                WHEN NOT d.is_active THEN 'связан, но врач на сайте скрыт · mapped, hidden on the site'
                WHEN e.as_of IS NULL AND e.last_error IS NOT NULL
                     THEN 'расписание не читается: ' || e.last_error || ' · the schedule cannot be read'
                WHEN e.as_of IS NULL THEN 'расписание ещё не прочитано · the schedule has not been read yet'
                WHEN e.free_slots = 0 THEN 'свободного времени нет · no free slots'
                ELSE 'можно записаться, свободно: ' || e.free_slots || ' · bookable' END
    FROM emias_doctors e JOIN institutions i ON i.lpu_code = e.lpu_code
    JOIN doctors d ON d.id = {table}.doctor_id
    WHERE e.id = {table}.emias_doctor)"""
_ADVICE: Final = f"""coalesce(CASE {{table}}.reason
    WHEN '' THEN {_READ}
    WHEN 'emias_doctor_id_taken' THEN 'номер занят: ' || coalesce({_HOLDERS}, '—') || '. Исправьте '
         'номер здесь, или если он этого врача — исправьте либо удалите ту связь: конфликт кончится сам'
         ' · correct one of the two'
    WHEN 'lpu_unknown' THEN 'заведены ЛПУ: ' || coalesce({_KNOWN}, '—') || '. Исправьте код или добавьте ЛПУ '
         'в INSTITUTIONS · correct the code or add the LPU to INSTITUTIONS'
    WHEN 'code_malformed' THEN 'один код без пробелов, запятых и до 64 знаков; второй — отдельной связью'
         ' · one code, no blanks or commas'
    WHEN 'lpu_code_missing' THEN 'впишите код ЛПУ здесь или на сайте · give the LPU code, here or on the site'
    ELSE 'впишите номер врача в ЕМИАС здесь или на сайте · give the EMIAS id, here or on the site' END, '')"""


class MappingBoard(
    DoctorMapping,
    tablename="doctor_mappings",
    help_text="Связи врачей сайта с врачами ЕМИАС / Site doctors mapped to EMIAS doctors",
):
    """A mapping with advice."""

    advice = ComputedText(_ADVICE, help_text="Что делать (подсказка) / What to do (advice)")
