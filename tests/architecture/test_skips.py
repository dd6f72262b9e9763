"""In CI a skipped test fails the session."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

MODULE = """\
import pytest

def test_right():
    pass

@pytest.mark.xfail(strict=True)
def test_expected_failure():
    assert False
"""
SKIPPED = """
@pytest.mark.skip
def test_left_out():
    pass
"""
SKIPPED_INSIDE = """
def test_gave_up():
    pytest.skip("no engine")
"""
SKIPPED_MODULE = 'import pytest\n\npytest.importorskip("a_library_that_nobody_has")\n'


def _run(folder: Path, text: str, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "test_small.py").write_text(text, encoding="utf-8")
    return subprocess.run(  # noqa: S603 - our own words
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:hypothesispytest",
            "--rootdir",
            str(folder),
        ],
        cwd=folder,
        env=os.environ | {"CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (MODULE + SKIPPED, "test_small.py::test_left_out"),
        (MODULE + SKIPPED_INSIDE, "test_small.py::test_gave_up"),
        (SKIPPED_MODULE, "test_small.py"),
    ],
    ids=["mark", "inside", "module"],
)
def test_a_skip_in_ci_fails_and_is_named(tmp_path: Path, text: str, named: str) -> None:
    """With CI=true a skipped test, or module, ends the session with status 1 and stands in the summary."""
    told = _run(tmp_path, text, "true")
    assert told.returncode == pytest.ExitCode.TESTS_FAILED, told.stdout
    assert named in told.stdout.split("skipped in CI, where nothing may be")[1].splitlines()


def test_without_a_skip_ci_passes(tmp_path: Path) -> None:
    """An expected failure is no skip."""
    told = _run(tmp_path, MODULE, "true")
    assert told.returncode == pytest.ExitCode.OK, told.stdout


def test_outside_ci_a_skip_is_allowed(tmp_path: Path) -> None:
    """On somebody's machine a missing engine is no failure."""
    told = _run(tmp_path, MODULE + SKIPPED, "")
    assert told.returncode == pytest.ExitCode.OK, told.stdout
