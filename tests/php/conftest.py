"""Debian's PHP with PHPUnit and PHP_CodeSniffer."""

from __future__ import annotations

import pytest

from tests.php.debian import PHP, need


@pytest.fixture(scope="session")
def php_tools() -> None:
    """Have PHP, PHPUnit and PHP_CodeSniffer."""
    need(PHP)
