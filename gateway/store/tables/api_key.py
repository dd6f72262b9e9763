"""API keys of sites."""

from __future__ import annotations

from piccolo.columns import Array, Bytea, ForeignKey, Text, Timestamptz
from piccolo.table import Table

from gateway.store.tables.choices import Scope
from gateway.store.tables.site import Site

__all__ = ["ApiKey"]


class ApiKey(Table, tablename="api_keys", help_text="Ключи доступа площадок к API / API keys of sites"):
    """A key without its secret: only the secret's hash is kept."""

    id = Text(primary_key=True, default="", help_text="Открытая часть ключа / Public part of the key")
    site_id = ForeignKey(Site, null=False, help_text="Площадка / Site")
    label = Text(help_text="Пометка: для чего ключ / Label: what the key is for")
    secret_hash = Bytea(secret=True, help_text="SHA-256 секрета / SHA-256 of the secret")
    scopes = Array(Text(), choices=Scope, help_text="Права / Scopes")
    created_at = Timestamptz(help_text="Создан / Created")
    revoked_at = Timestamptz(
        null=True, default=None, help_text="Отозван: ключ больше не действует / Revoked: the key no longer works"
    )
