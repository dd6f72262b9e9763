"""What the pages of the account say, Russian first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["WORDS"]

WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "login": ("Вход", "Log in"),
        "username": ("Имя пользователя", "User name"),
        "password": ("Пароль", "Password"),
        "code": ("Код из приложения", "Code from the app"),
        "code_hint": (
            "Шесть цифр или код восстановления. Пусто, если коды не настроены.",
            "Six digits or a recovery code. Empty when no codes are set up.",
        ),
        "enter": ("Войти", "Log in"),
        "refused": (
            "Имя, пароль или код не подошли.",
            "The name, the password or the code is not right.",
        ),
        "wait": (
            "Слишком много попыток. Попробуйте снова через {time}.",
            "Too many attempts. Try again in {time}.",
        ),
        "empty": ("Введите имя и пароль.", "Enter the name and the password."),
        "again": ("Пароль сменён: войдите с новым.", "The password was changed: log in with the new one."),
        "out": ("Вы вышли.", "You are logged out."),
        "account": ("Моя учётная запись", "My account"),
        "role": ("Роль", "Role"),
        "role_viewer": ("наблюдатель: смотрит, ничего не меняет", "viewer: looks, changes nothing"),
        "role_operator": (
            "оператор: решает судьбу записей, переключает выключатели",
            "operator: decides on bookings, turns switches",
        ),
        "role_administrator": (
            "администратор: связи врачей, пользователи и всё, что может оператор",
            "administrator: mappings, users, and all that an operator may",
        ),
        "role_auditor": ("аудитор: читает всё и выгружает аудит", "auditor: reads everything and exports the audit"),
        "codes": ("Одноразовые коды", "One-time codes"),
        "codes_on": ("Включены.", "They are on."),
        "codes_off": ("Не настроены.", "They are not set up."),
        "codes_none": ("На этой установке отключены.", "They are switched off at this installation."),
        "codes_set_up": ("Настроить", "Set up"),
        "codes_must": (
            "Для вашей роли коды обязательны. Пока они не настроены, остальное закрыто.",
            "Your role needs one-time codes. Until they are set up everything else is closed.",
        ),
        "codes_how": (
            (
                "Откройте приложение для одноразовых кодов (Яндекс Ключ, Google Authenticator, FreeOTP), добавьте "
                "учётную запись по картинке и введите шесть цифр, которые оно покажет."
            ),
            (
                "Open an app for one-time codes (Yandex Key, Google Authenticator, FreeOTP), add an account by the "
                "picture, and enter the six digits that it shows."
            ),
        ),
        "codes_picture": ("Картинка для приложения", "Picture for the app"),
        "codes_by_hand": ("Или введите ключ вручную", "Or enter the key by hand"),
        "codes_confirm": ("Включить", "Switch on"),
        "codes_wrong": (
            "Код не подошёл. Проверьте время на телефоне и введите новый код.",
            "The code is not right. Check the phone's clock and enter a new code.",
        ),
        "codes_late": (
            "Эта картинка устарела, вот новая: добавьте учётную запись заново.",
            "That picture is too old, here is a new one: add the account again.",
        ),
        "codes_done": ("Одноразовые коды включены", "One-time codes are on"),
        "codes_keep": (
            (
                "Сохраните коды восстановления: каждый впустит один раз, если телефона нет под рукой. Больше они не "
                "покажутся."
            ),
            "Keep the recovery codes: each lets you in once when the phone is not at hand. They are not shown again.",
        ),
        "codes_go": ("Я сохранил коды", "I have kept the codes"),
        "codes_remove": ("Отключить", "Switch off"),
        "codes_lost": (
            "Телефон потерян? Администратор сбросит коды командой emias-gateway users reset-mfa.",
            "Lost the phone? The command emias-gateway users reset-mfa starts anew.",
        ),
        "change": ("Сменить пароль", "Change the password"),
        "current": ("Нынешний пароль", "Current password"),
        "new": ("Новый пароль", "New password"),
        "confirm": ("Новый пароль ещё раз", "New password once more"),
        "rules": (
            (
                "Не короче {shortest} знаков, без вашего имени, не из тех, что пробуют первыми. После смены войти "
                "придётся заново везде."
            ),
            (
                "{shortest} characters or more, without your name, none that is tried first. You then log in anew "
                "everywhere."
            ),
        ),
        "differ": ("Новые пароли не совпадают.", "The new passwords differ."),
        "same": ("Новый пароль такой же, как прежний.", "The new password is the old one."),
        "not_current": ("Нынешний пароль не подошёл.", "The current password is not right."),
        "sessions": ("Сеансы", "Sessions"),
        "sessions_rule": (
            "Сеанс заканчивается через час без действий и не позже чем через двенадцать часов.",
            "A session ends after an hour without use, and after twelve hours at the latest.",
        ),
        "log_out": ("Выйти", "Log out"),
        "log_out_all": ("Выйти везде", "Log out everywhere"),
        "forbidden": ("Вам сюда нельзя", "You may not go here"),
        "forbidden_why": (
            "Роль «{role}» этого не разрешает. Роли раздаёт администратор.",
            "The role {role} does not allow this. An administrator hands out roles.",
        ),
    }
)
