"""Ports are chosen and checked before anything starts; files are the owner's alone."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from demo.errors import DemoError
from demo.places import Place, Ports, fernet_key, read_ports, write_private


def test_ports_come_from_the_environment() -> None:
    """A variable overrides its port and leaves the others."""
    assert read_ports({"DEMO_GATEWAY_PORT": "9000", "DEMO_SITE_PORT": ""}) == Ports(gateway=9000)


@pytest.mark.parametrize("value", ["http", "-1", "65536", "80.0"])
def test_what_is_no_port_is_refused_by_name(value: str) -> None:
    """A value that is no port number is refused together with its variable."""
    with pytest.raises(DemoError, match=f"DEMO_ADMIN_PORT={value}") as refused:
        read_ports({"DEMO_ADMIN_PORT": value})
    assert refused.value.code == "port_invalid"


def test_a_busy_port_is_named_with_its_variable_and_holder() -> None:
    """A taken port is refused with its holder and the variable that chooses another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match="DEMO_ADMIN_PORT") as refused:
            Ports(0, 0, port, 0, 0, 0, 0, 0).require_free()
    assert refused.value.facts["port"] == port
    assert f"pid {os.getpid()}" in str(refused.value.facts["holder"])


def test_private_files_are_whole_and_closed(tmp_path: Path) -> None:
    """A private file replaces the one before, and others cannot read it."""
    path = tmp_path / "env"
    path.write_text("before")
    path.chmod(0o644)
    write_private(path, "after")
    assert path.read_text() == "after"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["env"]


def test_a_secret_is_made_once(place: Place) -> None:
    """The second call finds what the first one made."""
    first = place.secret("field-keys", fernet_key).read_text()
    assert place.secret("field-keys", fernet_key).read_text() == first
    assert len(first) == 44


def test_a_file_in_the_way_is_reported(tmp_path: Path) -> None:
    """A place that cannot be made says so."""
    (tmp_path / "taken").touch()
    with pytest.raises(DemoError) as refused:
        Place(tmp_path / "taken" / "demo").make()
    assert refused.value.code == "engine_folder_not_writable"
