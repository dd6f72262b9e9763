"""An engine's folder is found, guarded and forgotten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from demo.engines.account import Account, choose_account
from demo.engines.home import Home, discard, prepare_home
from demo.errors import DemoError

_SELF = Account(os.geteuid(), os.getegid(), dropped=False)


def test_a_full_disk_is_noticed_beforehand(tmp_path: Path) -> None:
    """More than the disk has left is refused with both numbers."""
    with pytest.raises(DemoError) as refused:
        Home(tmp_path, _SELF).require_space(1 << 40)
    assert refused.value.code == "engine_no_space"
    assert refused.value.facts["need_mb"] == 1 << 40


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_without_an_unprivileged_user_the_way_out_is_named() -> None:
    """Root is told whom was looked for, and which variables name one's own servers."""
    with pytest.raises(DemoError, match="DATABASE_URL") as refused:
        choose_account(["no-such-user", "root"])
    assert refused.value.code == "engine_no_unprivileged_user"


def test_a_secret_stays_the_same(tmp_path: Path) -> None:
    """A password is made once, and its file is private."""
    home = prepare_home(tmp_path, "valkey", _SELF)
    assert home.secret("password") == home.secret("password")
    assert (home.folder / "password").stat().st_mode & 0o777 == 0o600


def test_a_link_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    """A symbolic link where the engine's folder should be is not followed."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "valkey").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DemoError) as refused:
        prepare_home(tmp_path, "valkey", _SELF)
    assert refused.value.code == "engine_folder_foreign"


def test_a_remembered_folder_that_was_cleaned_away_is_forgotten(tmp_path: Path) -> None:
    """After the system has cleaned its temporary folder the engine begins anew."""
    (tmp_path / "valkey.location").write_text(f"{tmp_path / 'gone'}\n")
    assert prepare_home(tmp_path, "valkey", _SELF).folder == tmp_path / "valkey"


def test_discard_removes_what_is_remembered_too(tmp_path: Path) -> None:
    """Both the wanted folder and the one remembered are removed, and nothing else."""
    remembered = tmp_path / "remembered"
    wanted = tmp_path / "wanted"
    for folder in (remembered, wanted / "valkey", wanted / "postgres"):
        folder.mkdir(parents=True)
    (wanted / "valkey.location").write_text(f"{remembered}\n")
    discard(wanted, "valkey")
    assert not remembered.exists()
    assert [path.name for path in wanted.iterdir()] == ["postgres"]
