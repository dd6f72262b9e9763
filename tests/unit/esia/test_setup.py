"""What the settings may name, what a refusal means, and whether all of it is fit for a login."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from gateway.domain.errors import LoginFailed
from gateway.domain.login_failure import FailureReason
from gateway.esia.calls import CallBroke, Calls, Origin, check_address, open_calls
from gateway.esia.certificate import read_certificate
from gateway.esia.connect import DirectChannel, Ears, SignerChoice, open_direct, watched
from gateway.esia.direct import DirectRules
from gateway.esia.errors import EsiaSetupError, read_refusal
from gateway.esia.openssl import OpenSsl
from gateway.esia.self_test import Grade, judge_certificate, judge_clock, judge_signer, judge_trust
from gateway.esia.signers.command import CommandSigner
from gateway.esia.signers.rsa_local import RsaSigner
from gateway.esia.trust import Trust
from gateway.logs import configure_logs
from tests.fakes import FakeClock
from tests.unit.esia.pairs import Pair, rsa_pair
from tests.unit.esia.tokens import NOW, RULES


@pytest.mark.parametrize(
    "url",
    ["https://esia.gosuslugi.ru", "http://127.0.0.1:8446", "http://[::1]:80/", "http://localhost", "http://gost:80"],
)
def test_an_address_is_encrypted_or_near(url: str) -> None:
    """Plain HTTP goes to this machine or to the named terminator."""
    check_address("ESIA_URL", url, ("gost:80",))


@pytest.mark.parametrize(
    "url",
    [
        *("http://esia.gosuslugi.ru", "http://gost:81", "ftp://127.0.0.1", "https://", "esia.gosuslugi.ru"),
        *("https://user:secret@esia.gosuslugi.ru", "https://esia.gosuslugi.ru/?a=1", "https://esia.gosuslugi.ru/#a"),
        "http://[::1",
    ],
)
def test_any_other_address_is_refused_by_its_setting(url: str) -> None:
    """The message names the setting, not what stands in it."""
    with pytest.raises(EsiaSetupError, match="ESIA_URL") as refused:
        check_address("ESIA_URL", url, ("gost:80",))
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("error", "description", "reason", "code"),
    [
        ("access_denied", "ESIA-007004: words", FailureReason.PERSON_REFUSED, "ESIA-007004"),
        ("access_denied", "ESIA-007055: words", FailureReason.ACCOUNT_NOT_CONFIRMED, "ESIA-007055"),
        ("access_denied", "ESIA-007019: words", FailureReason.SCOPE, "ESIA-007019"),
        ("invalid_request", "ESIA-007015", FailureReason.CLOCK, "ESIA-007015"),
        ("server_error", "ESIA-009999: new", FailureReason.OTHER, "ESIA-009999"),
        ("access_denied", "", FailureReason.PERSON_REFUSED, None),
        ("Иванова 112-233-445 95", "Иванова", FailureReason.OTHER, None),
    ],
)
def test_a_refusal_is_told_by_a_closed_reason(
    error: str, description: str, reason: FailureReason, code: str | None
) -> None:
    """Of ESIA's words only the code is kept."""
    found = read_refusal(error, description)

    assert (found.reason, found.code) == (reason, code)
    assert "Иванова" not in str(found)


async def test_a_fit_signer_is_told_so(rsa: Pair) -> None:
    """A probe that it signs verifies with the configured certificate."""
    signer = RsaSigner(rsa.key_file, rsa.certificate_file)

    said = await judge_signer(signer, read_certificate(rsa.certificate_file), OpenSsl())

    assert (said.grade, said.code) == (Grade.FIT, "signer_fits")


@pytest.mark.parametrize("kind", ["rsa", "gost"])
async def test_a_signature_turned_round_is_named(request: pytest.FixtureRequest, kind: str) -> None:
    """Whoever sets up CryptoPro's tools is told what to change."""
    pair: Pair = request.getfixturevalue(kind)
    digest = "-engine gost -md_gost12_256" if pair.is_gost else "-sha256"
    sign = f"openssl dgst {digest} -sign {pair.key_file} -out {{out}} {{in}} 2>/dev/null"
    template = f"sh -c '{sign}'"
    certificate = read_certificate(pair.certificate_file)

    right = await judge_signer(CommandSigner.from_template(template, is_reversed=False), certificate, OpenSsl())
    turned = await judge_signer(CommandSigner.from_template(template, is_reversed=True), certificate, OpenSsl())

    assert right.code == "signer_fits"
    assert (turned.grade, turned.code) == (Grade.UNFIT, "signature_reversed")
    assert "ESIA_SIGN_REVERSE" in turned.words


async def test_a_key_of_another_certificate_is_named(rsa: Pair, tmp_path: Path) -> None:
    """Key and certificate must be a pair."""
    stranger = rsa_pair(tmp_path)
    signer = RsaSigner(stranger.key_file, stranger.certificate_file)

    said = await judge_signer(signer, read_certificate(rsa.certificate_file), OpenSsl())

    assert (said.grade, said.code) == (Grade.UNFIT, "signature_wrong")


async def test_a_signer_that_fails_is_named(rsa: Pair, tmp_path: Path) -> None:
    """With its own words."""
    signer = RsaSigner(tmp_path / "none.key", rsa.certificate_file)

    said = await judge_signer(signer, read_certificate(rsa.certificate_file), OpenSsl())

    assert (said.grade, said.code) == (Grade.UNFIT, "signer_failed")
    assert "none.key" in said.words


@pytest.mark.parametrize(
    ("days", "grade", "code"),
    [
        (0, Grade.FIT, "certificate_dates"),
        (40, Grade.WARNING, "certificate_dates"),
        (61, Grade.UNFIT, "certificate_expired"),
        (-1, Grade.UNFIT, "certificate_early"),
    ],
)
def test_our_certificate_is_held_to_its_dates(rsa: Pair, days: int, grade: Grade, code: str) -> None:
    """A month before its end it is time for a new one."""
    said = judge_certificate(read_certificate(rsa.certificate_file), NOW + timedelta(days=days))

    assert (said.grade, said.code) == (grade, code)


async def test_trust_is_judged_by_its_last_certificate(trust_dir: Path, tmp_path: Path) -> None:
    """An expired one beside a good one is no trouble; none of the tokens' kind is."""
    old = rsa_pair(tmp_path, begins=timedelta(days=-60), lasts=timedelta(days=30))
    (trust_dir / "old.pem").write_bytes(old.certificate_file.read_bytes())
    trust = Trust(trust_dir, OpenSsl())

    assert (await judge_trust(trust, NOW, wants_gost=False)).grade is Grade.FIT
    assert (await judge_trust(trust, NOW + timedelta(days=90), wants_gost=False)).code == "trust_expired"
    assert (await judge_trust(trust, NOW, wants_gost=True)).code == "trust_other"
    assert (await judge_trust(Trust(tmp_path / "no", OpenSsl()), NOW, wants_gost=False)).code == "trust_empty"


@pytest.mark.parametrize(
    ("ahead", "code"), [(timedelta(0), "clock_fits"), (timedelta(seconds=90), "clock_off"), (None, "clock_unknown")]
)
async def test_esia_s_clock_is_compared_with_ours(ahead: timedelta | None, code: str) -> None:
    """A minute either way, and it refuses our requests."""
    headers = {} if ahead is None else {"Date": format_datetime(datetime.now(UTC) + ahead, usegmt=True)}
    offsets: list[float] = []
    transport = httpx.MockTransport(lambda _: httpx.Response(404, headers=headers))
    async with httpx.AsyncClient(transport=transport) as client:
        said = await judge_clock(Calls(client, Origin("https://esia.example"), offsets.append), offsets)

    assert said.code == code


async def test_an_esia_that_does_not_answer_is_told() -> None:
    """The check names it."""

    def refuse(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        said = await judge_clock(Calls(client, Origin("https://esia.example"), lambda _: None), [])

    assert said.code == "esia_unreachable"


@pytest.fixture
def channel(rsa: Pair, trust_dir: Path) -> DirectChannel:
    """Name all that a login needs."""
    rules = DirectRules("CLINIC01", "openid", "https://esia.example", rsa.certificate_file)
    signer = SignerChoice("rsa_local", rsa.certificate_file, rsa.key_file)
    return DirectChannel(Origin("https://esia.example"), rules, RULES, trust_dir, signer)


Change = Callable[[DirectChannel], DirectChannel]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda c: replace(c, origin=Origin("http://esia.example")), "ESIA_URL"),
        (lambda c: replace(c, rules=replace(c.rules, public_url="http://esia.example")), "ESIA_PUBLIC_URL"),
        (lambda c: replace(c, signer=replace(c.signer, kind="openssl_gost")), "openssl_gost"),
        (lambda c: replace(c, signer=replace(c.signer, key_file=None)), "ESIA_KEY_FILE"),
        (lambda c: replace(c, signer=replace(c.signer, key_file=Path("/none.key"))), "none.key"),
        (lambda c: replace(c, signer=replace(c.signer, kind="command")), "ESIA_SIGN_COMMAND"),
        (lambda c: replace(c, signer=replace(c.signer, kind="http_sidecar", url="http://far/")), "ESIA_SIGN_URL"),
        (lambda c: replace(c, origin=replace(c.origin, ca_file=Path("/none.pem"))), "none.pem"),
    ],
)
async def test_a_channel_that_cannot_work_is_not_opened(channel: DirectChannel, change: Change, named: str) -> None:
    """The message names what to put right."""
    with pytest.raises(EsiaSetupError, match=named):
        async with open_direct(change(channel), FakeClock()):
            pass


async def test_an_open_channel_judges_itself(channel: DirectChannel) -> None:
    """Certificate, signer and trust are tested without asking ESIA."""
    async with open_direct(channel, FakeClock(NOW)) as parts:
        judged = await parts.judged(NOW)
        url = parts.provider.logout_url("https://clinic.example/cb/")

    assert [(name, said.grade) for name, said in judged] == [
        ("certificate", Grade.FIT),
        ("signer", Grade.FIT),
        ("trust", Grade.FIT),
    ]
    assert url == (
        "https://esia.example/idp/ext/Logout?client_id=CLINIC01&redirect_url=https%3A%2F%2Fclinic.example%2F"
    )


def test_a_failed_login_tells_reason_and_code_alone() -> None:
    """Its text is fit for a log."""
    assert str(LoginFailed(FailureReason.CLOCK, "ESIA-007015")) == "clock ESIA-007015"


async def test_a_terminator_is_told_whom_to_ask() -> None:
    """Host and the handshake's name are ESIA's where the address is the terminator's."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    origin = Origin("http://127.0.0.1:8446/", host_header="esia.gosuslugi.ru", server_name="esia.gosuslugi.ru")
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        calls = Calls(client, origin, lambda _ahead: None)
        await calls.get("/rs/prns/1", bearer="t")
        await calls.post("/aas/oauth2/v3/te", {"code": "c+1 /"})

    assert [str(request.url) for request in asked] == [
        "http://127.0.0.1:8446/rs/prns/1",
        "http://127.0.0.1:8446/aas/oauth2/v3/te",
    ]
    assert {request.headers["Host"] for request in asked} == {"esia.gosuslugi.ru"}
    assert {request.extensions["sni_hostname"] for request in asked} == {"esia.gosuslugi.ru"}
    assert asked[1].content == b"code=c%2B1+%2F"


async def test_what_is_unfit_is_logged_at_the_start_and_stops_nothing(channel: DirectChannel, tmp_path: Path) -> None:
    """The operator reads what to do; the gateway starts, for booking by hand goes on."""
    lines = io.BytesIO()
    configure_logs("WARNING", lines)
    told = asyncio.Event()
    broken = replace(channel, trust_dir=tmp_path / "none")
    ears = Ears(certificate=lambda which, _end: told.set() if which == "gosuslugi" else None)

    async with open_direct(broken, FakeClock(NOW), ears) as parts, watched(parts, FakeClock(NOW), ears):
        await told.wait()
        while b"esia_self_test" not in lines.getvalue():  # noqa: ASYNC110 - a line of the log sets no event
            await asyncio.sleep(0)

    (test,) = [line for line in map(json.loads, lines.getvalue().splitlines()) if line["event"] == "esia_self_test"]
    assert (test["test"], test["code"]) == ("trust", "trust_empty")


async def test_an_answer_that_drips_is_cut_off() -> None:
    """The time of a call is that of the whole of it."""

    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0)

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=drip()))
    async with httpx.AsyncClient(transport=transport) as client:
        calls = Calls(client, Origin("https://esia.example", seconds=0.05), lambda _ahead: None)
        with pytest.raises(CallBroke):
            await calls.get("/")


async def test_what_one_login_is_handed_does_not_go_along_with_the_next() -> None:
    """A cookie of an answer is not kept."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: who=first\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with open_calls(Origin(f"http://127.0.0.1:{port}"), lambda _ahead: None) as calls:
            await calls.get("/rs/prns/1", bearer="t")
            await calls.get("/rs/prns/2", bearer="u")

    assert len(asked) == 2
    assert b"cookie" not in asked[1].lower()
