"""`emias-gateway settings`: the table that stands in docs/reference/settings.md."""

from __future__ import annotations

from gateway.settings import settings_table

__all__ = ["settings_page"]


def settings_page() -> str:
    """Write every environment variable, its default and its meaning as a Markdown table."""
    rows = (f"| `{name}` | {_default(default)} | {meaning} |" for name, default, meaning in settings_table())
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def _default(default: str) -> str:
    return default if default in {"", "required"} else f"`{default}`"
