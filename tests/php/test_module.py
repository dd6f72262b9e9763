"""The module and the components by PHP's own tools."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_HERE = Path(__file__).parent
_AT_ONCE = 4

pytestmark = pytest.mark.usefixtures("php_tools")


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=_ROOT, capture_output=True, text=True, timeout=150, check=False)  # noqa: S603


def test_phpunit_passes() -> None:
    """Client, breaker, feed, outbox, settings, controller, components and installer pass on the stand's kernel."""
    done = _run("phpunit", "-c", str(_HERE / "phpunit.xml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OK (" in done.stdout


def test_every_file_is_php() -> None:
    """No file has a mistake of syntax."""
    files = sorted(str(path) for folder in (_ROOT / "bitrix", _HERE) for path in folder.rglob("*.php"))
    assert len(files) > 100
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        told = list(pool.map(lambda file: _run("php", "-l", file), files))
    assert [one.stdout for one in told if one.returncode] == []


def test_the_style_is_psr_12() -> None:
    """PHP_CodeSniffer finds nothing, by PSR-12 with the exceptions that Bitrix makes."""
    done = _run("phpcs", f"--standard={_HERE / 'phpcs.xml'}", "-s")
    assert done.returncode == 0, done.stdout
