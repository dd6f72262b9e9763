"""What people see of a rehearsal: the steps, then addresses, keys and the first booking."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from demo.dialogue import dialogue
from demo.errors import DemoError

__all__ = ["show_failure", "show_ready", "show_step"]

_ROWS = (
    ("Сайт с записью / Booking page", "SITE_URL"),
    ("Шлюз / Gateway", "GATEWAY_URL"),
    ("Ключ API / API key", "API_KEY"),
    ("Админка / Admin", "ADMIN_URL"),
    ("Логин / Login", "ADMIN_USER"),
    ("Пароль / Password", "ADMIN_PASSWORD"),
    ("Пароль operator / Password of operator", "OPERATOR_PASSWORD"),
    ("Пароль viewer / Password of viewer", "VIEWER_PASSWORD"),
    ("Пароль auditor / Password of auditor", "AUDITOR_PASSWORD"),
    ("Управление стендом / Stand-in control", "SIMULATOR_CONTROL_URL"),
)


def show_step(console: Console, title: str) -> None:
    """Say what is being started."""
    console.print(f"[cyan]▸[/cyan] {title}")


def show_ready(console: Console, facts: Mapping[str, str], env_file: Path, script: Path) -> None:
    """Say where everything is, and how to book for the first time."""
    console.print("\n[bold green]Готово / Ready[/bold green]")
    # A column would cut long keys short.
    for title, key in _ROWS:
        console.print(f"  {title:<40} [bold]{escape(facts[key])}[/bold]", soft_wrap=True, highlight=False)
    console.print(f"\n[bold]Первая запись / First booking[/bold] (bash {script}):\n", highlight=False)
    # Wrapped lines would not survive being pasted.
    console.print(dialogue(env_file), soft_wrap=True, markup=False, highlight=False)
    console.print("Остановить / To stop: Ctrl-C, emias-gateway demo --stop", highlight=False)


def show_failure(console: Console, error: DemoError) -> None:
    """Say what stopped the rehearsal and what to do about it, in both languages."""
    console.print(f"[bold red]{error.code}[/bold red]")
    for text in (error.russian, error.english):
        console.print(text, soft_wrap=True, markup=False, highlight=False)
