"""Keys of a made-up clinic and of a made-up ESIA."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.php.debian import need_gost
from tests.unit.esia.pairs import Pair, gost_pair, rsa_pair


@pytest.fixture(scope="session")
def rsa(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Make an RSA pair."""
    return rsa_pair(tmp_path_factory.mktemp("unit-rsa"))


@pytest.fixture(scope="session")
def gost(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Make a GOST pair, with Debian's engine on the machine."""
    need_gost()
    return gost_pair(tmp_path_factory.mktemp("unit-gost"))


@pytest.fixture
def trust_dir(rsa: Pair, tmp_path: Path) -> Path:
    """Make a folder that trusts the RSA pair."""
    folder = tmp_path / "trust"
    folder.mkdir()
    (folder / "esia.pem").write_bytes(rsa.certificate_file.read_bytes())
    return folder
