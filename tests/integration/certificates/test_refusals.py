"""Every way in which certificates are refused has its code, and what to do about it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import datetime

import pytest

from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Cause, NotSent, Unknown
from gateway.domain.schedule import EmiasDoctorRef
from gateway.emias.certificate import TlsFiles
from gateway.emias.connect import EmiasChannel, open_emias
from gateway.emias.handshake import refusal_in_handshake
from gateway.emias.tls_refusals import what_to_do
from gateway.ports import AppointmentRequest
from simulator.listeners import mutual_tls
from simulator.running import Simulator
from tests.contract.stands import VERA
from tests.integration.certificates.conftest import Wallet

_PAGE = "<html><head><title>{0}</title></head><body><h1>No</h1>{0}</body></html>"
_REQUEST = AppointmentRequest(
    EmiasDoctorRef("0101", "41001"), "s-1", datetime(2030, 1, 9, 9, tzinfo=MOSCOW), VERA, "booking-1"
)


async def _failure(url: str, files: TlsFiles) -> EmiasFailure:
    async with open_emias(EmiasChannel("seed-soap", url, files)) as emias:
        with pytest.raises(EmiasFailure) as caught:
            await emias.probe("0101")
    return caught.value


@asynccontextmanager
async def _answering(wallet: Wallet, answer: bytes, *, secure: bool = True) -> AsyncIterator[str]:
    """Run a front that asks for no certificate and gives one answer to everything."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(wallet.pki.server_cert, wallet.pki.server_key)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls if secure else None)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_the_server_s_certificate_is_judged_by_code(simulator: Simulator, wallet: Wallet) -> None:
    """Another CA and another name are told apart."""
    foreign = await _failure(simulator.emias_url, replace(wallet.files, ca_file=wallet.pki.foreign_ca))
    named = await _failure(simulator.emias_url, replace(wallet.files, server_name="emias.example"))

    assert (foreign.cause, foreign.code) == (Cause.TLS, "server_untrusted")
    assert (named.cause, named.code) == (Cause.TLS, "server_name")
    assert what_to_do(foreign.code)


async def test_a_name_that_the_owner_confirms_opens_the_channel(simulator: Simulator, wallet: Wallet) -> None:
    """A server whose certificate bears another name than its address is believed by that name only."""
    await simulator.stop()
    await simulator.start("wrong_name_server")
    try:
        assert (await _failure(simulator.emias_url, wallet.files)).code == "server_name"
        files = replace(wallet.files, server_name="emias-app01.example")
        async with open_emias(EmiasChannel("seed-soap", simulator.emias_url, files)) as emias:
            assert await emias.probe("0101")
    finally:
        await simulator.stop()
        await simulator.start("server")


@contextmanager
def _strict_server(wallet: Wallet, connections: int) -> Iterator[str]:
    """Serve handshakes by OpenSSL's own blocking code, which sends its alerts before it hangs up."""
    tls = mutual_tls(wallet.pki.server_cert, wallet.pki.server_key, wallet.pki.ca)

    def serve(listening: socket.socket) -> None:
        for _ in range(connections):
            connection, _ = listening.accept()
            with suppress(OSError), tls.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join()


async def test_an_alert_is_told_by_what_it_says(wallet: Wallet) -> None:
    """The handshake alone tells a certificate of an unknown CA and none at all from a good one."""
    pki = wallet.pki
    stranger = replace(wallet.files, cert_file=pki.foreign_client_cert, key_file=pki.foreign_client_key)
    with _strict_server(wallet, 3) as url:
        codes = [
            await refusal_in_handshake(EmiasChannel("seed-soap", url, files))
            for files in (stranger, TlsFiles(ca_file=pki.ca), wallet.files)
        ]

    assert codes == ["refused_unknown_ca", "refused_absent", None]


async def test_a_handshake_that_is_broken_off_without_a_word_is_told(simulator: Simulator, wallet: Wallet) -> None:
    """A server that resets the connection at the sight of a certificate has most likely refused it."""
    pki = wallet.pki
    stranger = replace(wallet.files, cert_file=pki.foreign_client_cert, key_file=pki.foreign_client_key)
    codes = [
        await refusal_in_handshake(EmiasChannel("seed-soap", simulator.emias_url, files))
        for files in (stranger, TlsFiles(ca_file=pki.ca), wallet.files)
    ]

    assert codes == ["refused_by_reset", "refused_absent", None]


@pytest.mark.parametrize(
    ("status", "told", "code", "outcome"),
    [
        (400, "No required SSL certificate was sent", "refused_absent", NotSent(Cause.TLS)),
        (400, "The SSL certificate error", "refused_by_page", NotSent(Cause.TLS)),
        (403, "HTTP Error 403.7 - Forbidden: a client certificate", "refused_absent", Unknown),
        (403, "HTTP Error 403.17 - Forbidden: your client certificate", "refused_expired", Unknown),
        (403, "Your client certificate is not trusted", "refused_by_page", Unknown),
    ],
)
async def test_the_page_of_a_front_server_is_told_by_code(
    wallet: Wallet, status: int, told: str, code: str, outcome: NotSent | type[Unknown]
) -> None:
    """A page that blames the certificate is a TLS refusal; nginx's proves that nothing was passed on."""
    page = _PAGE.format(told).encode()
    head = f"HTTP/1.1 {status} No\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n".encode()
    async with _answering(wallet, head + page) as url:
        failure = await _failure(url, wallet.files)
        async with open_emias(EmiasChannel("seed-soap", url, wallet.files)) as emias:
            booked = await emias.create_appointment(_REQUEST)

    assert (failure.cause, failure.http_status, failure.code) == (Cause.TLS, status, code)
    assert what_to_do(code)
    assert booked == (outcome if isinstance(outcome, NotSent) else Unknown(Cause.TLS, status, code))


async def test_another_page_is_no_word_about_certificates(wallet: Wallet) -> None:
    """A plain 403 page stays what it is."""
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>no</html>"
    async with _answering(wallet, head) as url:
        failure = await _failure(url, wallet.files)

    assert (failure.cause, failure.code) == (Cause.HTTP_STATUS, None)


async def test_a_port_without_tls_is_told(wallet: Wallet) -> None:
    """Plain HTTP where TLS should be has a code of its own."""
    async with _answering(wallet, b"HTTP/1.1 400 Bad Request\r\n\r\n", secure=False) as url:
        failure = await _failure(url, wallet.files)

    assert (failure.cause, failure.code) == (Cause.TLS, "not_tls")
