"""What the pages of the mappings' table say, Russian and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["WORDS"]

WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "title": ("Связи врачей таблицей", "Mappings as a table"),
        "lead": (("Скачайте связи, впишите в Excel коды ЛПУ и номера врачей в ЕМИАС, сохраните как CSV и верните сюда. "
                  "Сначала покажем, что изменится; записано будет только после вашего согласия."),
                 ("Download the mappings, type LPU codes and EMIAS ids in Excel, save as CSV and bring the file back. "
                  "You see first what would change; it is written only when you agree.")),
        "download": ("Скачать связи (CSV)", "Download the mappings (CSV)"),
        "download_hint": ("Открывается в Excel щелчком. Врачи без связи в таблице тоже есть, с пустыми кодами.",
                          "Excel opens it by a click. Doctors without a mapping are in it too, with empty codes."),
        "upload": ("Загрузить", "Upload"),
        "file": ("Файл CSV", "CSV file"),
        "file_hint": ("До 5 000 строк и 1 МБ; UTF-8 или Windows-1251; через точку с запятой, запятую или табуляцию.",
                      "Up to 5,000 rows and 1 MB; UTF-8 or Windows-1251; semicolons, commas or tabs."),
        "removes": ("Убрать связи, которых в файле нет", "Remove mappings that the file leaves out"),
        "removes_hint": ("Только у площадок, которые есть в файле. Без отметки они останутся.",
                         "Only of sites that the file names. Without the tick they stay."),
        "compare": ("Показать, что изменится", "Show what would change"),
        "nothing_written": ("Пока ничего не записано", "Nothing is written yet"),
        "wrong_lines": ("Записать нельзя: в файле ошибки", "Cannot be written: the file has errors"),
        "wrong_lines_hint": ("Исправьте строки в файле и загрузите его снова. Ничего не записано.",
                             "Correct the rows in the file and upload it again. Nothing is written."),
        "no_difference": ("Разницы нет: в файле то же, что в базе", "No difference: the file says what stands here"),
        "refused": ("Файл не прочитан", "The file was not read"),
        "stale": ("Не записано: с тех пор связи или файл изменились", "Not written: mappings or file have changed"),
        "stale_hint": ("Ниже — что изменилось бы теперь. Посмотрите ещё раз и согласитесь снова.",
                       "Below is what would change by now. Look once more and agree again."),
        "busy": ("Связи сейчас меняет кто-то ещё; ничего не записано. Попробуйте через минуту.",
                 "Somebody else is changing mappings; nothing is written. Try again in a minute."),
        "written": ("Записано", "Written"),
        "again": ("Загрузить ещё", "Upload another"),
        "to_mappings": ("К связям врачей", "To the mappings"),
        "added": ("Новые", "New"),
        "moved": ("Изменятся", "Changed"),
        "moved_done": ("Изменены", "Changed"),
        "removed": ("Будут убраны", "To be removed"),
        "removed_done": ("Убраны", "Removed"),
        "left_out": ("Нет в файле, останутся", "Not in the file, they stay"),
        "unchanged": ("Строк без изменений", "Rows unchanged"),
        "problems": ("Ошибки", "Errors"),
        "besides": ("Заодно", "Besides"),
        "besides_hint": ("Связи, которых в файле не меняли: их состояние изменится само.",
                         "Mappings that the file does not change: their status changes by itself."),
        "agree": ("Записать: {count}", "Write: {count}"),
        "agree_hint": ("Запишется ровно то, что показано, и всё сразу.", "Just what is shown is written, at once."),
        "cancel": ("Не записывать", "Do not write"),
        "line": ("Строка", "Row"),
        "doctor": ("Врач", "Doctor"),
        "lpu_code": ("Код ЛПУ", "LPU code"),
        "emias_doctor_id": ("Номер в ЕМИАС", "EMIAS id"),
        "outcome": ("Что выйдет", "Outcome"),
        "why": ("Что не так", "What is wrong"),
        "was_site": ("с сайта", "the site's"),
        "mapped": ("связан", "mapped"),
        "unmapped": ("не связан", "not mapped"),
        "conflict": ("конфликт", "conflict"),
        # A whole file refused.
        "too_large": ("Файл больше {limit} КБ.", "The file is larger than {limit} KB."),
        "too_long": ("В файле больше {limit} строк. Разделите его.", "More than {limit} rows. Split the file."),
        "empty": ("В файле нет строк с врачами.", "The file has no rows of doctors."),
        "no_file": ("Выберите файл.", "Choose a file."),
        "is_workbook": ("Это книга Excel. В Excel: Файл → Сохранить как → «CSV UTF-8 (разделитель — запятая)».",
                        "This is an Excel workbook. In Excel: File → Save as → “CSV UTF-8”."),
        "not_text": ("Не удалось понять кодировку. Сохраните файл как «CSV UTF-8».",
                     "The encoding is not known. Save the file as “CSV UTF-8”."),
        "not_csv": ("Это не таблица CSV.", "This is not a CSV table."),
        "column_twice": ("Столбец «{column}» встречается дважды.", "The column “{column}” stands twice."),
        "column_missing": (("Не найдены столбцы: {columns}. Названия — в первой строке; если они видны, но не узнаны, "
                  "сохраните файл как «CSV UTF-8»."),
                 ("Columns not found: {columns}. Titles stand in the first row; if they are there but not "
                  "recognised, save the file as “CSV UTF-8”.")),
        # A row that cannot be meant.
        "site_missing": ("не указана площадка; есть: {sites}", "no site; there are: {sites}"),
        "element_missing": ("не указан ID врача на сайте", "no id of the doctor on the site"),
        "doctor_unknown": ("на площадке «{site}» нет врача с ID {element}",
                           "the site “{site}” has no doctor with the id {element}"),
        "name_differs": ("под этим ID на сайте {ours}: строки в файле не сдвинулись?",
                         "the site has {ours} under this id: have the rows shifted?"),
        "mapping_unknown": ("связи № {mapping} нет: её удалили, или номер не тот. Для новой связи оставьте № пустым",
                 ("there is no mapping {mapping}: it was deleted, or the number is wrong. Leave it empty for "
                  "a new one")),
        "mapping_of_another": ("связь № {mapping} принадлежит другому врачу: строки в файле не сдвинулись?",
                               "mapping {mapping} belongs to another doctor: have the rows shifted?"),
        "mapping_twice": ("эта связь уже есть в строке {line}", "row {line} names this mapping already"),
        "codes_cleared": ("коды стёрты. Убрать связь — удалить строку и отметить «Убрать связи, которых в файле нет»",
                 ("the codes are gone. To remove a mapping delete its row and tick “Remove mappings that the "
                  "file leaves out”")),
        "lpu_code_missing": ("не указан код ЛПУ", "no LPU code"),
        "emias_doctor_id_missing": ("не указан номер врача в ЕМИАС", "no EMIAS id"),
        "number_of_excel": ("Excel превратил код в число: {code}. Сделайте ячейку текстовой и впишите код заново",
                            "Excel has made a number of the code: {code}. Format the cell as text and type it again"),
        "code_malformed": ("в коде «{code}» пробел, запятая или больше 64 знаков: в ячейке — один код",
                           "blanks, commas or more than 64 characters in “{code}”: one cell is one code"),
        "zeros_lost": ("код {code} потерял нули в начале: есть {whole}. Сделайте ячейку текстовой",
                       "{code} has lost its leading zeros: there is {whole}. Format the cell as text"),
        "lpu_unknown": ("ЛПУ {code} не заведено; есть: {known}. Новое добавляется настройкой INSTITUTIONS",
                        "the LPU {code} is unknown; there are: {known}. INSTITUTIONS adds a new one"),
        "emias_doctor_id_taken": ("номер {code} уже у врача {holder}: исправьте его здесь или сначала ту связь",
                                  "{holder} has the id {code} already: correct it here, or that mapping first"),
        "place_twice": ("тот же врач с тем же номером уже в строке {line}", "row {line} gives this doctor the same id"),
        "place_held": ("такая связь у этого врача уже есть", "the doctor has this mapping already"),
    }
)  # fmt: skip
