"""What holds for every test: in CI nothing may be skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

__all__ = ["Skips", "logs_as_at_the_start", "pytest_configure"]


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


@pytest.fixture(autouse=True)
def logs_as_at_the_start() -> Iterator[None]:
    """Leave the next test no level and no file of this one's."""
    yield
    structlog.reset_defaults()


def pytest_configure(config: pytest.Config) -> None:
    """Watch for skips where CI says that it is CI; a busy machine makes no example too slow."""
    settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("ours")
    if os.environ.get("CI") == "true":
        config.pluginmanager.register(Skips(), "skips")
