"""The site's directory of doctors and its secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.roster import make_roster
from simulator.site.directory import SiteDirectory
from simulator.site.keys import SecretSource
from tests.unit.simulator.pieces import NOW


def _directory() -> SiteDirectory:
    return SiteDirectory(make_roster(1, 50), lambda: NOW)


def test_fifty_doctors_are_mapped_and_one_is_not() -> None:
    """The directory begins with fifty one-to-one mappings, one unmapped doctor, and ids that are not EMIAS's."""
    elements = _directory().after(0)
    mapped = [element for element in elements if element["mappings"]]

    assert (len(elements), len(mapped)) == (51, 50)
    pairs = {(one["mappings"][0]["lpu_code"], one["mappings"][0]["emias_doctor_id"]) for one in mapped}
    assert len(pairs) == 50
    assert all(str(one["id"]) != one["mappings"][0]["emias_doctor_id"] for one in mapped)
    assert len({one["name"] for one in elements}) == 51


def test_an_edit_changes_hash_and_snapshot() -> None:
    """A renamed doctor has another hash, the snapshot another name; putting the name back restores the hash only."""
    directory = _directory()
    before, snapshot = directory.after(0)[0], directory.snapshot_id

    after = directory.change({"id": before["id"], "name": "Вымышленный Врач Врачевич"})
    assert after is not None
    assert (after["hash"] != before["hash"], directory.snapshot_id != snapshot) == (True, True)

    restored = directory.change({"id": before["id"], "name": before["name"]})
    assert restored is not None
    assert (restored["hash"] == before["hash"], directory.snapshot_id != snapshot) == (True, True)


def test_a_doctor_can_be_removed_and_added() -> None:
    """A removed element is gone, a new id with a name becomes an element, a reset brings the beginning back."""
    directory = _directory()
    first = directory.after(0)[0]["id"]

    assert directory.change({"id": first, "remove": True}) is None
    assert directory.get(first) is None
    assert directory.change({"id": 5, "name": "Новый Врач"})
    assert directory.after(0)[0]["id"] == 5
    directory.reset()
    assert directory.after(0)[0]["id"] == first


def test_unknown_fields_are_refused() -> None:
    """An edit of a field that the feed does not have is an error and changes nothing."""
    directory = _directory()
    snapshot = directory.snapshot_id
    with pytest.raises(ValueError, match="salary"):
        directory.change({"id": 701, "salary": 1})
    assert directory.snapshot_id == snapshot


def test_secrets_are_read_each_time(tmp_path: Path) -> None:
    """A key file may appear later and may hold two live keys; nothing else opens the door."""
    source = SecretSource(tmp_path / "key", "UNUSED_IN_THIS_TEST")
    assert not source.knows("")

    (tmp_path / "key").write_text("old\nnew\n")
    assert (source.knows("old"), source.knows("new"), source.knows(""), source.knows("ne")) == (
        True,
        True,
        False,
        False,
    )
