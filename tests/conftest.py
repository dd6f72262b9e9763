"""What holds for every test: in CI nothing may be skipped."""

from __future__ import annotations

import os

import pytest

__all__ = ["Skips", "pytest_configure"]


class Skips:
    """Fails a session in which something was skipped, and names it."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a skipped test; an expected failure is none."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self._names.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that skipped itself."""
        if report.skipped:
            self._names.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Let the session fail; a worse status stays."""
        if self._names and exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what was skipped."""
        if self._names:
            terminalreporter.section("skipped in CI, where nothing may be", red=True)
            for name in self._names:
                terminalreporter.line(name, red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Watch for skips where CI says that it is CI."""
    if os.environ.get("CI") == "true":
        config.pluginmanager.register(Skips(), "skips")
