"""Trouble in the tables, people told of it: once when it opens, once when it ends."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.alerts.telling import GIVEN_UP_AFTER
from gateway.domain.moscow import as_moscow
from gateway.services.watch import Watch
from gateway.store.alert_desk import AlertDesk
from gateway.store.engine import Database
from gateway.store.operations import Operations
from tests.integration.admin.ward import CANARIES, make_ward
from tests.integration.alerts.conftest import LPU, MakeWatch, Scene
from tests.integration.alerts.people import People

AT_ONCE = timedelta(0)
MINUTE = timedelta(minutes=1)


async def turn(watch: Watch) -> None:
    """Judge and deliver."""
    await watch.judge(AT_ONCE)
    await watch.deliver()


async def break_emias(scene: Scene) -> None:
    """Let the breaker of bookings be open."""
    await scene.say("sync", "breaker_bookings", 3, LPU)


async def test_all_is_well(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """Where nothing is wrong nobody is told anything, and the book says that somebody watches."""
    watch = make_watch()
    await turn(watch)
    assert await scene.rows() == []
    assert people.asked == 0
    assert (await watch.book.figures()).judged_at > 0


async def test_one_message_when_it_opens_and_one_when_it_ends(
    scene: Scene, people: People, make_watch: MakeWatch
) -> None:
    """A breaker that stays open for five minutes is told once, its end once, whatever the number of turns."""
    watch = make_watch()
    await break_emias(scene)
    for _ in range(3):
        await turn(watch)
    assert await scene.rows() == [("breaker_open", "pending")]
    assert people.heard == []
    await scene.pass_time(5 * MINUTE)
    for _ in range(3):
        await turn(watch)
    assert people.titles == ["Шлюз ЕМИАС: срочно (1)"]
    assert "https://admin.example/dashboard#switches" in people.text
    await scene.alive("sync")
    for _ in range(3):
        await turn(watch)
    assert len(people.heard) == 1
    await scene.pass_time(2 * MINUTE)
    for _ in range(3):
        await turn(watch)
    assert people.titles == ["Шлюз ЕМИАС: срочно (1)", "Шлюз ЕМИАС: закончилось (1)"]
    [told] = await scene.rows("told_open_at IS NOT NULL, told_close_at IS NOT NULL, state")
    assert told == (True, True, "closed")


async def test_two_replicas_tell_once(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """However the turns of replicas fall together, each trouble is judged once and told once."""
    watches = [make_watch({"breaker_open": {"opens_after": 0}}, instance=f"gateway {name}:1") for name in "abcd"]
    await break_emias(scene)
    for _ in range(5):
        await asyncio.gather(*(turn(watch) for watch in watches))
    assert await scene.rows() == [("breaker_open", "open")]
    assert len(people.heard) == 1
    assert len({await watch.book.judge(watch.orders, lambda *_: [], lambda *_: [], MINUTE) for watch in watches}) == 1


async def test_a_restart_forgets_nothing(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """A process that begins anew goes on where the last one ended: nothing is told twice, nothing is lost."""
    await break_emias(scene)
    await turn(make_watch())
    await scene.pass_time(5 * MINUTE)
    await make_watch().judge(AT_ONCE)
    assert people.heard == []
    await turn(make_watch())
    await turn(make_watch())
    assert len(people.heard) == 1
    await scene.alive("sync")
    await turn(make_watch())
    await scene.pass_time(3 * MINUTE)
    await turn(make_watch())
    assert len(people.heard) == 2


async def test_a_message_that_fails_is_tried_again(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """While the address refuses, the tries wait longer and longer and the reason is kept; then it arrives once."""
    watch = make_watch({"breaker_open": {"opens_after": 0}})
    await break_emias(scene)
    people.answer = 503
    await turn(watch)
    await turn(watch)
    assert people.asked == 1
    [row] = await scene.database.pool.fetch(
        "SELECT tries, last_error, sent_at, next_try_at > now() AS waits FROM alert_messages"
    )
    assert tuple(row) == (1, "1-json: HTTP 503", None, True)
    standing = await AlertDesk(scene.database).standing()
    assert (standing.open, standing.late, standing.last_error) == (1, 0, "1-json: HTTP 503")
    await scene.pass_time(MINUTE)
    await turn(watch)
    assert people.asked == 2
    people.answer = 200
    await scene.alive("sync")
    await turn(watch)
    await scene.pass_time(3 * MINUTE)
    await turn(watch)
    await turn(watch)
    assert people.titles == ["Шлюз ЕМИАС: срочно (1)", "Шлюз ЕМИАС: закончилось (1)"]
    assert (await AlertDesk(scene.database).standing()).late == 0


async def test_one_dead_address_keeps_no_other_waiting(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """The address that answers has each message once, while the dead one is tried until the message is too old."""
    watch = make_watch({"breaker_open": {"opens_after": 0}}, f"{people.url} json://127.0.0.1:1/x critical={people.url}")
    await break_emias(scene)
    for _ in range(3):
        await turn(watch)
        await scene.pass_time(20 * MINUTE)
    assert len(people.heard) == 2
    [row] = await scene.database.pool.fetch("SELECT delivered, last_error FROM alert_messages")
    assert (sorted(row["delivered"]), row["last_error"]) == (["1-json", "3-json"], "2-json: no connection")
    await scene.pass_time(GIVEN_UP_AFTER)
    await turn(watch)
    assert await scene.database.pool.fetchval("SELECT given_up_at IS NOT NULL FROM alert_messages")


async def test_an_address_hears_its_severities_only(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """What nobody wants to hear is finished without a message; a test goes everywhere."""
    watch = make_watch({"breaker_open": {"opens_after": 0}}, f"warning,info={people.url}")
    await break_emias(scene)
    await turn(watch)
    assert people.heard == []
    await AlertDesk(scene.database).ask_test("admin:chief")
    await turn(watch)
    assert people.titles == ["Шлюз ЕМИАС: проверка связи"]
    assert await scene.database.pool.fetchval("SELECT count(*) FROM alert_messages WHERE sent_at IS NULL") == 0


async def test_quiet_hours(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """In quiet hours only what is critical is told; at their end the rest comes in one message."""
    now = datetime.now(UTC).astimezone()
    around = quiet_around(now)
    rules = {"breaker_open": {"opens_after": 0}}
    for number in range(2):
        await scene.database.pool.execute(
            "INSERT INTO error_groups (ending, cause, operation, lpu_code, times)"
            " VALUES ('failed', $1, 'probe', $2, 9)",
            f"cause-{number}",
            LPU,
        )
    await break_emias(scene)
    asleep, awake = make_watch(rules, quiet=around), make_watch(rules)
    await turn(asleep)
    await turn(asleep)
    assert people.titles == ["Шлюз ЕМИАС: срочно (1)"]
    await turn(awake)
    assert people.titles == ["Шлюз ЕМИАС: срочно (1)", "Шлюз ЕМИАС: предупреждение (2)"]


def quiet_around(now: datetime) -> str:
    """Write quiet hours that now is in the middle of, by Moscow."""
    moscow = as_moscow(now)
    return f"{moscow - timedelta(hours=2):%H:%M}-{moscow + timedelta(hours=2):%H:%M}"


async def test_ten_thousand_equal_errors_are_one_alert(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """However often a call fails the same way, on however many replicas, there is one group, one alert, one message."""
    watch = make_watch()
    replicas = [Operations(scene.database, "sync", f"{name}:1") for name in "abcd"]
    for _ in range(10):
        for number in range(250):
            for told in replicas:
                told.call_ended("get_schedule", LPU, "failed:timeout", f"D{number % 30}")
        for told in replicas:
            await told.write()
        await turn(watch)
    group = await scene.database.pool.fetchrow("SELECT count(*), sum(times) FROM error_groups")
    assert tuple(group) == (1, 10_000)
    assert await scene.rows("rule, state, subject") == [("errors", "open", f"failed:timeout:get_schedule:{LPU}")]
    assert people.titles == ["Шлюз ЕМИАС: предупреждение (1)"]


@pytest.mark.parametrize(("silent", "rule"), [("sync", "worker_silent"), ("gateway", "gateway_silent")])
async def test_the_living_tells_of_the_silent(
    scene: Scene, people: People, make_watch: MakeWatch, silent: str, rule: str
) -> None:
    """Whoever still watches tells of the process that does not speak any more, and of its return."""
    other = "gateway" if silent == "sync" else "sync"
    watch = make_watch(instance=f"{other} host:1")
    await scene.database.pool.execute("UPDATE beats SET at = now() - interval '70 seconds' WHERE process = $1", silent)
    await turn(watch)
    await scene.pass_time(MINUTE)
    await turn(watch)
    assert await scene.rows() == [(rule, "open")]
    await scene.alive("sync", "gateway")
    await turn(watch)
    await scene.pass_time(MINUTE)
    await turn(watch)
    assert people.titles == ["Шлюз ЕМИАС: срочно (1)", "Шлюз ЕМИАС: закончилось (1)"]


async def test_a_mute_is_obeyed_and_leaves_its_trace(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """A muted alert is not told until the mute is over, nor is the next of its kind; the audit log says by whom."""
    watch = make_watch({"breaker_open": {"opens_after": 0, "closes_after": 0}})
    desk = AlertDesk(scene.database)
    await break_emias(scene)
    await turn(watch)
    [entry] = await desk.entries()
    assert await desk.mute(entry.id, timedelta(hours=1), "admin:chief", "плановые работы")
    await scene.alive("sync")
    await turn(watch)
    await break_emias(scene)
    await turn(watch)
    assert await scene.rows() == [("breaker_open", "closed"), ("breaker_open", "open")]
    assert len(people.heard) == 1
    await scene.pass_time(timedelta(hours=2))
    await turn(watch)
    assert len(people.heard) == 2
    told = await scene.database.pool.fetch("SELECT actor, what FROM audit_log WHERE subject = $1", f"alert:{entry.id}")
    assert [tuple(row) for row in told] == [("admin:chief", "alert_acknowledged")]


async def test_a_mute_needs_an_open_alert_and_a_reason(scene: Scene) -> None:
    """Nothing is muted without a reason, for longer than a month, or when it is not there."""
    desk = AlertDesk(scene.database)
    assert await desk.mute(1, timedelta(hours=1), "admin:chief", "работы") is None
    for span, reason in ((timedelta(hours=1), "  "), (timedelta(days=31), "работы")):
        with pytest.raises(ValueError, match=r"needed|longer"):
            await desk.mute(1, span, "admin:chief", reason)


async def test_a_storm_is_held_back_to_a_few_messages(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """When trouble comes and goes by the minute, ten messages of ten minutes are enough; the rest comes later."""
    watch = make_watch({"breaker_open": {"opens_after": 0, "closes_after": 0}})
    for _ in range(12):
        await break_emias(scene)
        await turn(watch)
        await scene.alive("sync")
        await turn(watch)
    assert len(people.heard) == 10
    await scene.pass_time(11 * MINUTE)
    await turn(watch)
    assert len(people.heard) == 11
    assert people.heard[-1]["message"].count("Закончилось") == 7


async def test_bookings_in_doubt_without_anything_personal(
    scene: Scene, people: People, make_watch: MakeWatch, database: Database
) -> None:
    """What is told of bookings in doubt and of those that wait for a person holds no patient's data."""
    ward = await make_ward(database.pool)
    await database.pool.execute(
        "UPDATE bookings SET doubted_at = now() - interval '11 minutes' WHERE id = $1", ward.bookings["in_doubt"]
    )
    watch = make_watch({"manual_waiting": {"opens_after": 0}})
    await turn(watch)
    assert sorted(rule for rule, state in await scene.rows() if state == "open") == [
        "in_doubt",
        "list_refused",
        "manual_waiting",
        "success_low",
    ]
    assert ward.lpu_code in people.text
    stored = await database.pool.fetch("SELECT a::text FROM alerts a UNION ALL SELECT m::text FROM alert_messages m")
    for canary in (*CANARIES, "К. П. С.", "Врачов"):
        assert canary not in people.text
        assert all(canary not in row[0] for row in stored)


async def test_each_step_of_a_certificate_is_told_once(scene: Scene, people: People, make_watch: MakeWatch) -> None:
    """Sixty, fourteen and seven days are told once each, past a mute of the step before, and their end once."""
    watch = make_watch()
    now: datetime = await scene.database.pool.fetchval("SELECT now()")
    for days in (59, 59, 13, 5):
        await scene.say("sync", "certificate_ends", (now + timedelta(days=days)).timestamp(), "main")
        await turn(watch)
        await turn(watch)
        open_one = max((await AlertDesk(scene.database).entries()), key=lambda entry: entry.id)
        await AlertDesk(scene.database).mute(open_one.id, timedelta(hours=1), "admin:chief", "заказан")
    assert people.titles == ["Шлюз ЕМИАС: предупреждение (1)"] * 2 + ["Шлюз ЕМИАС: срочно (1)"]
    await scene.pass_time(timedelta(hours=2))
    await scene.say("sync", "certificate_ends", (now + timedelta(days=400)).timestamp(), "main")
    await turn(watch)
    await scene.pass_time(3 * MINUTE)
    await turn(watch)
    assert people.titles[3:] == ["Шлюз ЕМИАС: закончилось (1)"]
    assert await scene.rows("step, is_overtaken") == [(1, True), (3, True), (4, False)]


async def test_a_message_of_a_dead_process_is_sent_by_another(
    scene: Scene, people: People, make_watch: MakeWatch
) -> None:
    """Taken and never sent, a message is another's once the lease is over; the late one cannot speak for it then."""
    dead, alive = make_watch(), make_watch(instance="gateway b:1")
    await AlertDesk(scene.database).ask_test("admin:chief")
    taken = await dead.book.take(timedelta(minutes=2))
    assert taken is not None
    assert await alive.deliver() == 0
    await scene.pass_time(3 * MINUTE)
    assert await alive.deliver() == 1
    await dead.book.put_off(taken, MINUTE, "too late")
    await dead.book.finished(taken)
    row = await scene.database.pool.fetchrow("SELECT tries, last_error, delivered FROM alert_messages")
    assert tuple(row) == (0, "", ["1-json"])
    assert len(people.heard) == 1
