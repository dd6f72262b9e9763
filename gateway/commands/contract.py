"""`emias-gateway contract`: from an institution's WSDL to a rehearsed profile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from gateway.contracts.accounting import account_for
from gateway.contracts.draft import copy_contract, draft_profile
from gateway.contracts.page import DOUBT
from gateway.contracts.redaction import redaction_of
from gateway.contracts.rehearsal import Rehearsal
from gateway.contracts.tree import draw
from gateway.contracts.trial import Exchanges, Question, ask
from gateway.contracts.wsdl import read_wsdl
from gateway.domain.patient import Patient
from gateway.domain.schedule import EmiasDoctorRef
from gateway.emias.connect import Ears, open_emias
from gateway.emias.errors import EmiasSetupError
from gateway.emias.profiles import Profile, load_profile, stand_patient
from gateway.ports import Emias
from gateway.settings import ChannelSettings
from gateway.wiring import emias_channel

__all__ = ["Asked", "check_contract", "draft_contract", "inspect_contract", "rehearse_contract", "try_contract"]

_REFUSED = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a stand is asked."""

    operation: str
    doctor: EmiasDoctorRef
    days: int


def inspect_contract(file: Path, *, every_binding: bool) -> int:
    """Draw a WSDL as a tree."""
    try:
        Console().print(draw(read_wsdl(file), every_binding=every_binding))
    except EmiasSetupError as problem:
        return _refuse(problem)
    return 0


def draft_contract(file: Path, output: Path, binding: str | None, *, force: bool) -> int:
    """Write the draft of a profile and put the WSDL's files beside it."""
    if output.exists() and not force:
        click.echo(f"{output} is there already; --force writes over it", err=True)
        return _REFUSED
    try:
        draft = draft_profile(read_wsdl(file), binding)
        copied = copy_contract(file, output.parent)
    except EmiasSetupError as problem:
        return _refuse(problem)
    output.write_text(draft.text, encoding="utf-8")
    click.echo(f"{output}: over {draft.binding}, {draft.unsure} lines to look at, each with `{DOUBT}`")
    click.echo(f"beside it: {', '.join(path.name for path in copied)}")
    try:
        load_profile(output)
    except EmiasSetupError as problem:
        click.echo(f"still to be filled in: {problem}")
    return 0


def check_contract(name_or_path: str) -> int:
    """Compare a profile with its contract and account for every capability; status 1 when it cannot be served."""
    try:
        profile = load_profile(name_or_path)
    except EmiasSetupError as problem:
        return _refuse(problem)
    account = account_for(profile)
    table = Table("capability", "", "what it means", title=profile.title)
    for name, (can, without) in account.capabilities.items():
        table.add_row(name, "yes" if can else "no", without)
    console = Console()
    console.print(table)
    if account.secrets:
        console.print(f"secrets that its channel brings: {', '.join(account.secrets)}", markup=False)
    for gap in account.gaps:
        console.print(f"to ask: {gap}", markup=False)
    for wrong in account.problems:
        console.print(f"WRONG: {wrong}", markup=False)
    if not account.problems:
        console.print("every name and path is in the contract" if profile.soap else "every path can be read")
    return 1 if account.problems else 0


async def try_contract(settings: ChannelSettings, asked: Asked) -> int:
    """Make one read-only call and show what was said, without personal data; status 1 when it brought nothing."""
    try:
        profile = await asyncio.to_thread(load_profile, settings.emias_profile)
        patient = stand_patient(profile) if profile.test_stand or asked.operation == "find" else None
        exchanges, redaction = Exchanges(), redaction_of(profile, patient)
        async with _opened(settings, profile, exchanges) as emias:
            question = Question(asked.operation, asked.doctor, asked.days, patient)
            return 0 if await ask(emias, question, exchanges, redaction, click.echo) else 1
    except EmiasSetupError as problem:
        return _refuse(problem)


async def rehearse_contract(settings: ChannelSettings, doctor: EmiasDoctorRef, *, show_all: bool) -> int:
    """Book and cancel on a test stand; refused unless the profile is marked as one's. Status 1 when a step failed."""
    try:
        profile = await asyncio.to_thread(load_profile, settings.emias_profile)
        patient: Patient = stand_patient(profile)
        exchanges, redaction = Exchanges(), redaction_of(profile, patient)
        async with _opened(settings, profile, exchanges) as emias:
            rehearsal = Rehearsal(emias, doctor, patient, exchanges, redaction, click.echo, show_all)
            return 0 if await rehearsal.run() else 1
    except EmiasSetupError as problem:
        return _refuse(problem)


@asynccontextmanager
async def _opened(settings: ChannelSettings, profile: Profile, exchanges: Exchanges) -> AsyncIterator[Emias]:
    channel = replace(emias_channel(settings), is_test_stand=profile.test_stand is not None)
    async with open_emias(channel, ears=Ears(exchange=exchanges.hear)) as emias:
        yield emias


def _refuse(problem: EmiasSetupError) -> int:
    click.echo(str(problem), err=True)
    return _REFUSED
