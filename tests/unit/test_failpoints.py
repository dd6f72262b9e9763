"""Failpoints do nothing outside the fault tests, and nothing at all where Python runs optimised."""

from __future__ import annotations

import dis
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from gateway import failpoints
from gateway.failpoints import POINTS, arm, is_armed, reach

_ROOT = Path(__file__).parents[2]
_PRODUCT = ("admin", "gateway", "sync")


def test_nothing_is_armed_by_default() -> None:
    """A process that has imported the whole product has no point armed, whatever stands in its environment."""
    words = "import gateway.wiring, gateway.commands.serve, sync.worker; from gateway import failpoints as f; "
    told = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", words + "print(f._armed)"],
        cwd=_ROOT,
        env={"FAILPOINTS": "reply_read", "FAULTS": "full"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "{}\n"


async def test_an_armed_point_acts_at_each_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the point that was armed acts, each time; one that does not exist cannot be armed."""
    monkeypatch.setattr(failpoints, "_armed", {})
    passed = []

    async def note() -> None:
        passed.append("reply_read")

    arm("reply_read", note)
    for point in (*POINTS, *POINTS):
        await reach(point)
    assert passed == ["reply_read", "reply_read"]
    assert [point for point in POINTS if is_armed(point)] == ["reply_read"]
    with pytest.raises(ValueError, match="nowhere"):
        arm("nowhere", note)


@pytest.mark.parametrize(("optimize", "called"), [(0, True), (1, False)])
def test_optimised_code_holds_no_call_of_a_failpoint(*, optimize: int, called: bool) -> None:
    """Compiled as `python -O` does it no function of the product passes a point, compiled plainly some do."""
    passing = [
        f"{path.relative_to(_ROOT)}: {code.co_qualname}"
        for package in _PRODUCT
        for path in (_ROOT / package).rglob("*.py")
        if path.name != "failpoints.py"
        for code in _functions(compile(path.read_text(encoding="utf-8"), str(path), "exec", optimize=optimize))
        if {"reach", "is_armed"} & {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    ]
    assert bool(passing) is called, passing


def test_every_point_stands_in_the_product() -> None:
    """Each of the eight points is passed at exactly one place."""
    text = "".join(path.read_text(encoding="utf-8") for path in (_ROOT / "gateway").rglob("*.py"))
    assert {point: text.count(f'await reach("{point}")') for point in POINTS} == dict.fromkeys(POINTS, 1)


def _functions(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _functions(constant)
