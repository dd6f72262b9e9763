"""The stand beside EMIAS and the site: one process, one control listener, a clinic that is registered already."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from simulator.esia.certificates import read_certificate
from simulator.esia.clinic import CALLBACK_PATH, Clinic
from simulator.esia.stand import EsiaStand
from simulator.running import Simulator, SimulatorConfig, running_simulator
from tests.integration.esia_stand.client import CALLBACK, Client, unpadded
from tests.integration.esia_stand.keys import ClinicKey, rsa_key


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    """Run EMIAS, the site and ESIA."""
    async with running_simulator(SimulatorConfig(pki_folder=tmp_path, doctors=2, esia_port=0)) as simulator:
        yield simulator


@pytest.fixture
async def control(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """Hold the control listener."""
    async with httpx.AsyncClient(base_url=f"{simulator.control_url}/control/esia", trust_env=False) as client:
        yield client


def _parts(simulator: Simulator) -> tuple[EsiaStand, Clinic]:
    assert simulator.esia is not None
    assert simulator.clinic is not None
    return simulator.esia, simulator.clinic


async def test_the_clinic_can_ask_at_once(simulator: Simulator) -> None:
    """The key and certificate that the stand has made fit its own card and the site's callback address."""
    stand, clinic = _parts(simulator)
    certificate = clinic.rsa_certificate.read_text()
    key = load_pem_private_key(clinic.rsa_key.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert clinic.rsa_key.stat().st_mode & 0o777 == 0o600
    signed = ClinicKey(
        certificate,
        (await read_certificate(certificate.encode())).hash,
        lambda message: key.sign(message, padding.PKCS1v15(), SHA256()),
        lambda _message: b"",
    )
    async with httpx.AsyncClient(base_url=stand.public_url, trust_env=False) as browser:
        client = Client(signed, browser, browser, client_id=clinic.rsa_client_id)
        page = await client.ask(client.first(redirect_uri=f"{simulator.site_url}{CALLBACK_PATH}"))
    assert (page.status_code, "поликлиника" in page.text) == (200, True)


async def test_state_names_everything(simulator: Simulator, control: httpx.AsyncClient) -> None:
    """Addresses, systems, persons and kinds of fault can be read."""
    stand, clinic = _parts(simulator)
    state = (await control.get("/state")).json()
    assert (state["listening"], state["url"], state["issuer"]) == (True, stand.url, f"{stand.public_url}/")
    assert {clinic.rsa_client_id, clinic.broker_client_id} <= set(state["systems"])
    assert ("parent" in state["persons"], "swapped_sub" in state["kinds"]) == (True, True)


async def test_faults_settings_and_reset(simulator: Simulator, control: httpx.AsyncClient) -> None:
    """A fault is planned and forgotten, a setting changed and put back, nonsense refused with its reason."""
    esia = _parts(simulator)[0].installation
    assert (await control.post("/faults", json={"operation": "token", "kind": "none_alg"})).json() == {"id": 1}
    assert (await control.get("/state")).json()["faults"][0]["kind"] == "none_alg"
    assert (await control.delete("/faults")).status_code == 204
    assert (await control.post("/settings", json={"tolerance_seconds": 5})).json()["tolerance_seconds"] == 5
    assert (await control.post("/reset")).status_code == 204
    assert (esia.faults.rules, esia.settings.tolerance_seconds) == ([], 60)
    for path, body in (("/faults", {"operation": "token"}), ("/settings", {"code_seconds": "x"}), ("/settings", [])):
        answer = await control.post(path, json=body)
        assert (answer.status_code, bool(answer.json()["error"])) == (422, True)


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"scopes": ["openid", "medical"]}, "unknown scopes: medical"),
        ({"pkce": "plain"}, "pkce must be one of"),
        ({"token_alg": "ES256"}, "no key signs tokens by ES256"),
        ({"certificates": ["nothing"]}, ""),
        ({"colour": "red"}, "unknown fields: colour"),
        ({"redirect_uris": None}, ""),
    ],
)
async def test_a_card_that_does_not_fit(control: httpx.AsyncClient, changes: dict[str, Any], about: str) -> None:
    """A card with a mistake registers nothing and says why."""
    right = {"client_id": "CLINIC01", "redirect_uris": [CALLBACK], "scopes": ["openid"]}
    answer = await control.post("/systems", json={**right, **changes})
    assert answer.status_code == 422
    assert about in answer.json()["error"]
    assert "CLINIC01" not in (await control.get("/state")).json()["systems"]


async def test_a_system_is_registered_by_its_card(control: httpx.AsyncClient) -> None:
    """A card with a certificate makes the system known."""
    card = {
        "client_id": "X",
        "redirect_uris": [CALLBACK],
        "scopes": ["openid"],
        "certificates": [rsa_key().certificate],
    }
    assert (await control.post("/systems", json=card)).json() == {"client_id": "X"}


async def test_keys_rotate_on_demand(simulator: Simulator, control: httpx.AsyncClient) -> None:
    """A published rotation adds a certificate, an unpublished one does not, an unknown algorithm is refused."""
    folder = _parts(simulator)[0].trust_folder
    before = len(list(folder.iterdir()))
    await control.post("/keys/rotate", json={"publish": False})
    assert len(list(folder.iterdir())) == before
    await control.post("/keys/rotate", json={})
    assert len(list(folder.iterdir())) == before + 1
    assert (await control.post("/keys/rotate", json={"algorithm": "ES256"})).status_code == 422


async def test_esia_goes_away_and_comes_back(simulator: Simulator, control: httpx.AsyncClient) -> None:
    """Stopped, both doors refuse connections while EMIAS stays; started, they are where they were."""
    stand = _parts(simulator)[0]
    address = f"{stand.public_url}/aas/oauth2/v2/ac"
    assert (await control.post("/stop")).json() == {"listening": False}
    async with httpx.AsyncClient(trust_env=False) as browser:
        with pytest.raises(httpx.ConnectError):
            await browser.get(address)
        assert simulator.is_open
        assert (await control.post("/start")).json() == {"listening": True}
        assert (await browser.get(address)).status_code == 400


async def test_the_journal_holds_nobodys_data(simulator: Simulator, control: httpx.AsyncClient) -> None:
    """After a refused request the journal tells the code and the parameter, and nothing that was sent in it."""
    stand = _parts(simulator)[0]
    async with httpx.AsyncClient(base_url=stand.public_url, trust_env=False) as browser:
        await browser.get("/aas/oauth2/v2/ac", params={"client_id": "NOBODY", "client_secret": unpadded(b"secret")})
    [call] = (await control.get("/calls")).json()["items"]
    assert (call["client_id"], call["outcome"], call["about"]) == ("NOBODY", "ESIA-007002", "client_id")
    assert unpadded(b"secret") not in json.dumps(call)


async def test_without_a_port_there_is_no_esia(tmp_path: Path) -> None:
    """A simulator that was not asked for ESIA has none, and its control listener knows none."""
    async with running_simulator(SimulatorConfig(pki_folder=tmp_path, doctors=2)) as simulator:
        assert simulator.esia is None
        async with httpx.AsyncClient(base_url=simulator.control_url, trust_env=False) as client:
            assert (await client.get("/control/esia/state")).status_code == 404
