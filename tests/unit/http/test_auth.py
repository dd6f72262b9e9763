"""Keys, scopes and rates."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gateway.http.app import create_app
from gateway.http.auth import KeyChain
from gateway.http.limits import Buckets
from gateway.http.problems import DoorError
from gateway.ports import ApiKey
from tests.fakes import KEY, READ_ONLY_KEY, SECRET, FakeKeys, World, make_key
from tests.served import serving

PATH = "/v1/specialties"


class Hands:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Return the seconds shown."""
        return self.seconds


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer nonsense",
        f"Basic {KEY}",
        f"Bearer {KEY}x",
        f"Bearer egw_k9_{SECRET}",
        f"Bearer egw__{SECRET}",
        "Bearer egw_k1_",
        "Bearer egw_k1",
        f"Bearer egw_k 1_{SECRET}",
        f"Bearer egw_k1_{'x' * 600}",
    ],
)
async def test_a_key_that_is_not_right_is_refused(client: httpx.AsyncClient, authorization: str) -> None:
    """No key, another scheme, a wrong secret and an unknown id are all 401 with a challenge."""
    answer = await client.get(PATH, headers={"Authorization": authorization})

    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert SECRET not in answer.text


async def test_the_scheme_is_read_in_any_case(client: httpx.AsyncClient) -> None:
    """`bearer` is as good as `Bearer`."""
    assert (await client.get(PATH, headers={"Authorization": f"bearer {KEY}"})).status_code == 200


async def test_a_scope_that_is_missing_is_named(client: httpx.AsyncClient, world: World) -> None:
    """A key that may only read is 403 where a booking would be made."""
    headers = {"Authorization": f"Bearer {READ_ONLY_KEY}"}

    answer = await client.post("/v1/holds", json={"slot_id": str(world.slot.id)}, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"
    assert (await client.get(PATH, headers=headers)).status_code == 200


async def test_a_revoked_key_is_refused_on_news(client: httpx.AsyncClient, world: World) -> None:
    """A key is looked up once, and forgotten when it changes."""
    await client.get(PATH)
    await client.get(PATH)
    assert world.keys.asked == 1

    world.keys.keys.clear()
    await world.changes.tell("keys", "k1")

    assert (await client.get(PATH)).status_code == 401


async def test_a_key_made_after_it_was_refused_is_let_in_on_news(client: httpx.AsyncClient, world: World) -> None:
    """An unknown id is remembered as unknown until there are news of it."""
    headers = {"Authorization": f"Bearer egw_k3_{SECRET}"}
    for _ in range(3):
        assert (await client.get(PATH, headers=headers)).status_code == 401
    assert world.keys.asked == 1

    world.keys.keys["k3"] = make_key("k3", "read")
    await world.changes.tell("keys", "k3")

    assert (await client.get(PATH, headers=headers)).status_code == 200


async def test_a_known_key_is_asked_for_again_after_a_minute() -> None:
    """Without any news a key is believed for a minute."""
    ring, hands = FakeKeys({"k1": make_key("k1", "read")}), Hands()
    chain = KeyChain(ring, hands)
    await chain.check(f"Bearer {KEY}".encode())
    ring.keys.clear()

    hands.seconds += 59
    assert (await chain.check(f"Bearer {KEY}".encode())).id == "k1"
    hands.seconds += 2

    with pytest.raises(DoorError, match="unauthorized"):
        await chain.check(f"Bearer {KEY}".encode())


async def test_a_flood_of_strangers_keeps_no_site_out() -> None:
    """Unknown ids share a rate of look-ups; a key that was known needs none of it."""
    ring, hands = FakeKeys({"k1": make_key("k1", "read")}), Hands()
    chain = KeyChain(ring, hands)
    await chain.check(f"Bearer {KEY}".encode())
    hands.seconds += 61
    refused = 0
    for number in range(200):
        try:
            await chain.check(f"Bearer egw_stranger{number}_{SECRET}".encode())
        except DoorError as error:
            refused += error.code == "rate_limited"

    assert refused == 150
    assert (await chain.check(f"Bearer {KEY}".encode())).id == "k1"


async def test_a_crowd_that_brings_an_unmet_key_is_let_in_by_one_look_up() -> None:
    """A thousand requests at once with a key not yet met, as after a start, ask the ring once and all come in."""
    ring = FakeKeys({"k1": make_key("k1", "read")})
    chain = KeyChain(ring, Hands())

    keys = await asyncio.gather(*(chain.check(f"Bearer {KEY}".encode()) for _ in range(1000)))

    assert {key.id for key in keys} == {"k1"}
    assert ring.asked == 1


async def test_a_key_that_changes_while_it_is_looked_up_is_not_kept() -> None:
    """News that overtake a look-up win."""
    key, looking, found = make_key("k1", "read"), asyncio.Event(), asyncio.Event()

    class SlowKeys(FakeKeys):
        async def find(self, key_id: str) -> ApiKey | None:
            looking.set()
            await found.wait()
            return await super().find(key_id)

    ring = SlowKeys({"k1": key})
    chain = KeyChain(ring)
    checking = asyncio.create_task(chain.check(f"Bearer {KEY}".encode()))
    await looking.wait()
    chain.forget("k1")
    found.set()
    await checking
    await chain.check(f"Bearer {KEY}".encode())

    assert ring.asked == 2


async def test_a_site_that_asks_too_often_is_told_when_to_come_back() -> None:
    """The key's own rate gives 429 with Retry-After."""
    world = World(KEY_RATE="2")
    async with serving(create_app(world.house()), Authorization=f"Bearer {KEY}") as client:
        statuses = [(await client.get(PATH)).status_code for _ in range(3)]
        answer = await client.get(PATH)

    assert statuses == [200, 200, 429]
    assert answer.json()["code"] == "rate_limited"
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["retry_after"] == 1


def test_a_bucket_refills_up_to_its_brim() -> None:
    """Tokens come back at the rate and never beyond the burst."""
    hands = Hands()
    buckets = Buckets(0.5, 2, monotonic=hands)
    for _ in range(2):
        buckets.take("a")
    with pytest.raises(DoorError) as refused:
        buckets.take("a")
    assert refused.value.retry_after == 2
    buckets.take("b")

    hands.seconds += 3600
    for _ in range(2):
        buckets.take("a")
    with pytest.raises(DoorError):
        buckets.take("a")


def test_buckets_do_not_grow_without_end() -> None:
    """The least used bucket is forgotten when there are too many."""
    buckets = Buckets(0.001, 1, most=2, monotonic=Hands())
    for name in ("a", "b", "c"):
        buckets.take(name)

    buckets.take("a")
    with pytest.raises(DoorError):
        buckets.take("c")
