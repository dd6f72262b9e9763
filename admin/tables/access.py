"""Tables of keys, users and the audit."""

from __future__ import annotations

from piccolo_api.crud.hooks import Hook, HookType

from admin.guards import editable
from admin.tables.shown import ACCESS, Shown
from admin.users import Administrator, check_edited_user, keep_oneself
from admin.words import AUDIT_EVENTS
from gateway.store.tables import ApiKey, AuditRow

__all__ = ["access_tables"]


def access_tables() -> list[Shown]:
    """Return the tables of keys, users and the audit."""
    k, u, a = ApiKey, Administrator, AuditRow
    return [
        Shown(
            k,
            "Ключи API",
            "API keys",
            ACCESS,
            [k.id, k.site_id, k.label, k.scopes, k.created_at, k.revoked_at],
            [(k.created_at, False)],
        ),
        Shown(
            u,
            "Пользователи",
            "Users",
            ACCESS,
            [u.username, u.role, u.active, u.email, u.last_login],
            [(u.username, True)],
            link=u.username,
            open=[u.username, u.password, u.role, u.first_name, u.last_name, u.email, u.active],
            validators=editable("POST", "PATCH", "DELETE"),
            hooks=[Hook(HookType.pre_patch, check_edited_user), Hook(HookType.pre_delete, keep_oneself)],
        ),
        Shown(
            a,
            "Аудит",
            "Audit",
            ACCESS,
            [a.id, a.at, a.actor, a.what, a.subject, a.details],
            [(a.id, False)],
            filters=[a.at, a.actor, a.what, a.subject],
            words={"what": AUDIT_EVENTS},
        ),
    ]
