"""The TLS of the channel in its bad days; the contract spoken through it does not matter."""

from __future__ import annotations

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Booked, Cause, NotSent, Unknown
from gateway.emias.adapter import ContractEmias
from gateway.emias.certificate import TlsFiles
from gateway.emias.profiles import load_profile
from gateway.emias.tls import client_context
from simulator.running import Simulator
from tests.contract.stands import SimulatorStand, free_slots, horizon, request, simulator_stand


async def test_a_closed_listener_was_never_reached(contract: SimulatorStand, simulator: Simulator) -> None:
    """Connection refused is surely not sent; when EMIAS is back, so are we."""
    slot = (await free_slots(contract))[0]
    await simulator.stop()
    try:
        assert await contract.emias.create_appointment(request(contract, slot)) == NotSent(Cause.CONNECT)
        with pytest.raises(EmiasFailure, match="connect"):
            await contract.emias.get_schedule(contract.doctors[0], *horizon(contract))
    finally:
        await simulator.start()

    assert isinstance(await contract.emias.create_appointment(request(contract, slot)), Booked)


async def test_a_server_of_another_name_or_ca_is_never_told_anything(simulator: Simulator) -> None:
    """The handshake ends before the request begins."""
    async with simulator_stand(simulator, "seed-soap") as stand:
        slot = (await free_slots(stand))[0]
        profile = load_profile("seed-soap")
        foreign = client_context(TlsFiles(ca_file=simulator.pki.foreign_ca))
        async with await ContractEmias.open(profile, simulator.emias_url, foreign) as distrustful:
            assert await distrustful.create_appointment(request(stand, slot)) == NotSent(Cause.TLS)

        await simulator.start("wrong_name_server")
        try:
            assert await stand.emias.create_appointment(request(stand, slot)) == NotSent(Cause.TLS)
        finally:
            await simulator.start("server")
    assert stand.calls("create_appointment") == 0


async def test_a_refused_client_certificate_is_never_taken_for_an_answer(simulator: Simulator) -> None:
    """TLS 1.3 refuses after the write: not sent when the alert is seen, unknown when only the reset is."""
    pki = simulator.pki
    async with simulator_stand(simulator, "seed-soap") as stand:
        slot = (await free_slots(stand))[0]
        for files in (
            TlsFiles(ca_file=pki.ca),
            TlsFiles(ca_file=pki.ca, cert_file=pki.foreign_client_cert, key_file=pki.foreign_client_key),
        ):
            profile = load_profile("seed-soap")
            async with await ContractEmias.open(profile, simulator.emias_url, client_context(files)) as stranger:
                outcome = await stranger.create_appointment(request(stand, slot))
                with pytest.raises(EmiasFailure) as failure:
                    await stranger.probe("0101")
            assert outcome in {NotSent(Cause.TLS), Unknown(Cause.RESET), Unknown(Cause.TLS)}
            assert failure.value.cause in {Cause.TLS, Cause.RESET}
    assert dict(stand.installation.journal.calls) == {"GetSchedule": 1}
