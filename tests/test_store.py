"""What every store promises, kept by each of them."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from playhead.account import ENDED, LIMIT, Account, together
from playhead.sessions import MOST
from support.redis_server import needs_redis, redis_url
from support.stores import Member, account, hit, members, miss, sqlite_url
from support.taker import taker, turns


@pytest.fixture(params=[sqlite_url, pytest.param(redis_url, marks=needs_redis)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with request.param(tmp_path) as state:
        yield state


def test_processes_that_take_at_once_get_each_turn_exactly_once(url: str) -> None:
    async def taken() -> list[int]:
        async with members(url):
            with taker(url, 100) as one, taker(url, 100) as two, taker(url, 100) as three:
                together = (one, two, three)
                each = await asyncio.gather(*(asyncio.to_thread(turns, it) for it in together))
                return [turn for some in each for turn in some]

    assert sorted(asyncio.run(taken())) == list(range(1200))


def test_a_process_killed_in_the_middle_of_takes_spoils_no_turn_of_the_others(url: str) -> None:
    async def taken() -> tuple[list[int], list[int]]:
        async with members(url):
            with taker(url, 100_000) as killed, taker(url, 200) as other:
                assert killed.stdout is not None
                begun = [int(await asyncio.to_thread(killed.stdout.readline)) for _ in range(50)]
                killed.kill()
                return begun + turns(killed), await asyncio.to_thread(turns, other)

    lost, kept = asyncio.run(taken())
    assert len(kept) == len(set(kept)) == 800
    assert set(kept).isdisjoint(lost)


def test_many_takes_at_once_in_one_server_get_each_turn_exactly_once(url: str) -> None:
    async def taken() -> list[int]:
        async with members(url) as (one,):
            takes = (one.store.take("", "one") for _ in range(200))
            return sorted(await asyncio.gather(*takes))

    assert asyncio.run(taken()) == list(range(200))


def test_each_session_and_each_sequence_has_turns_of_its_own(url: str) -> None:
    async def taken() -> list[list[int]]:
        async with members(url, 2) as (one, other):
            return [
                await one.takes(2, "a"),
                await other.takes(2, "a"),
                await other.takes(1, "b"),
                await other.takes(1, "a", "two"),
            ]

    assert asyncio.run(taken()) == [[0, 1], [2, 3], [0], [0]]


@pytest.mark.parametrize(
    ("rewound", "following"), [("a", [0, 1, 1]), ("", [1, 0, 1]), (None, [0, 0, 0])]
)
def test_rewinding_one_session_or_all_begins_their_turns_again_for_every_server(
    url: str, rewound: str | None, following: list[int]
) -> None:
    names = ("a", "", "b")

    async def taken() -> list[int]:
        async with members(url, 2) as (one, other):
            for name in names:
                await one.takes(1, name)
            await other.store.rewind(rewound)
            return [await one.store.take(name, "one") for name in names]

    assert asyncio.run(taken()) == following


def test_rewinding_leaves_the_accounts(url: str) -> None:
    async def read() -> list[Account]:
        async with members(url) as (one,):
            await one.store.write([account()])
            await one.store.rewind(None)
            return await one.store.read(None)

    assert [each.served for each in asyncio.run(read())] == [1]


def test_what_servers_write_adds_up(url: str) -> None:
    earlier, later, refused = hit(1, 5.5), hit(2, 7.25), miss(3, 7.25)

    async def read() -> list[Account]:
        async with members(url, 2) as (one, other):
            await other.store.write([account("a", requests=[later], misses=[refused], when=7.25)])
            await one.store.write([account("a", times=2, requests=[earlier], when=5.5)])
            return await one.store.read("a")

    (read_back,) = asyncio.run(read())
    assert read_back == Account(
        session="a",
        counts=Counter({("served", "chat#0"): 3}),
        requests=[earlier, later],
        misses=[refused],
        first=5.5,
        last=7.25,
    )


def test_an_account_without_requests_changes_no_time(url: str) -> None:
    async def read() -> list[Account]:
        async with members(url) as (one,):
            for when in (0.0, 3.0, 0.0):
                await one.store.write([account(when=when)])
            return await one.store.read("")

    (read_back,) = asyncio.run(read())
    assert (read_back.first, read_back.last) == (3.0, 3.0)


def test_names_and_entries_that_are_not_unicode_come_back(url: str) -> None:
    odd = "caf\udce9 ☃ ' \" \n"
    written = Account(
        session=odd,
        counts=Counter({("served", odd): 1}),
        requests=[hit(1, 1.5, path=odd, let_go=None, nested={odd: []})],
        first=1.5,
        last=1.5,
    )

    async def read() -> list[Account]:
        async with members(url) as (one,):
            await one.takes(1, odd)
            await one.store.write([written])
            return await one.store.read(odd)

    (read_back,) = asyncio.run(read())
    assert (read_back.session, read_back.counts) == (odd, written.counts)
    assert read_back.requests == written.requests


def test_accounts_are_read_with_the_default_session_first(url: str) -> None:
    async def read() -> list[str]:
        async with members(url) as (one,):
            await one.store.write([account("b", when=1.0), account("a", when=2.0), account("")])
            return [each.session for each in await one.store.read(None)]

    assert asyncio.run(read()) == ["", "b", "a"]


def test_a_session_that_nobody_used_has_no_account(url: str) -> None:
    async def read() -> list[Account]:
        async with members(url) as (one,):
            await one.store.write([account("a")])
            return await one.store.read("b")

    assert asyncio.run(read()) == []


def test_the_last_entries_are_kept(url: str) -> None:
    told = [hit(number, float(number)) for number in range(LIMIT + 5)]

    async def read() -> list[Account]:
        async with members(url) as (one,):
            await one.store.write([account(requests=told[:-1])])
            await one.store.write([account(requests=told[-1:])])
            return await one.store.read("")

    (read_back,) = asyncio.run(read())
    assert read_back.requests == told[5:]


def test_gathering_waits_until_every_server_has_written_what_it_holds(url: str) -> None:
    async def read() -> list[Account]:
        async with members(url, 3) as joined:
            for member in joined:
                member.held = [account(times=2)]
            await joined[1].store.gather()
            return await joined[0].store.read(None)

    (read_back,) = asyncio.run(read())
    assert read_back.served == 6


def test_too_many_sessions_end_those_that_were_idle_longest_and_keep_their_counts(
    url: str,
) -> None:
    async def read() -> list[Account]:
        async with members(url) as (one,):
            await one.store.write([account(times=4), account("early", times=2, when=1.0)])
            await one.takes(1, "early")
            many = [account(f"n{number}", when=9.0) for number in range(MOST + 1)]
            await one.store.write(many)
            assert await one.takes(1, "early") == [0]
            return await one.store.read(None)

    default, *named, ended = asyncio.run(read())
    assert (default.session, default.served) == ("", 4)
    assert len(named) == MOST
    assert (ended.session, ended.served, ended.sessions) == (ENDED, 2 + 2, 3)
    assert (ended.first, ended.last) == (1.0, 9.0)


def test_a_server_that_joins_finds_what_the_others_share(url: str) -> None:
    async def joined() -> tuple[int, list[int]]:
        async with members(url) as (one,):
            await one.takes(2)
            async with members(url) as (late,):
                return late.number, await late.takes(1)

    assert asyncio.run(joined()) == (2, [2])


def test_the_first_server_of_a_run_begins_anew(url: str) -> None:
    async def run() -> tuple[list[int], list[Account]]:
        async with members(url) as (one,):
            await one.store.write([account("a", misses=[miss()])])
            taken = await one.takes(3, "a")
            await one.store.rewind("b")
        return taken, []

    async def again() -> tuple[list[int], list[Account]]:
        async with members(url) as (one,):
            accounts = await one.store.read(None)
            return await one.takes(1, "a"), accounts

    assert asyncio.run(run())[0] == [0, 1, 2]
    assert asyncio.run(again()) == ([0], [])


def test_of_servers_that_start_at_once_one_begins_anew_and_none_loses_anything(url: str) -> None:
    async def left_behind() -> None:
        async with members(url) as (one,):
            await one.takes(3)
            await one.store.write([account("old")])

    async def run() -> tuple[list[int], list[int], list[Account]]:
        joined = [Member(url) for _ in range(3)]
        await asyncio.gather(*(member.open() for member in joined))
        turns = [turn for member in joined for turn in await member.takes(1)]
        for member in joined:
            await member.store.write([account()])
        found = await joined[0].store.read(None)
        await asyncio.gather(*(member.store.close() for member in joined))
        return sorted(member.number for member in joined), turns, found

    asyncio.run(left_behind())
    numbers, turns, (found,) = asyncio.run(run())
    assert len(set(numbers)) == 3
    assert turns == [0, 1, 2]
    assert (found.session, found.served, found.is_whole) == ("", 3, True)


def test_one_that_comes_back_goes_on_although_nobody_else_is_there(url: str) -> None:
    async def back() -> tuple[list[int], list[Account]]:
        async with members(url) as (one,):
            await one.takes(3)
            await one.store.write([account()])
            await one.come_back()
            return await one.takes(1), await one.store.read(None)

    turns, (kept,) = asyncio.run(back())
    assert turns == [3]
    assert (kept.served, kept.is_whole) == (1, True)


def test_one_that_comes_back_to_another_run_tells_that_what_it_left_is_lost(url: str) -> None:
    async def back() -> tuple[list[Account], list[Account]]:
        async with members(url) as (one,):
            await one.store.write([account()])
            await one.store.close()
            async with members(url) as (other,):
                before = await other.store.read(None)
                await one.store.open(one.flush, resumes=True)
                return before, await other.store.read(None)

    nothing, (lost,) = asyncio.run(back())
    assert nothing == []
    assert (lost.session, lost.served, lost.is_whole) == ("", 0, False)


def test_what_is_lost_is_told_with_every_session_that_is_read_alone(url: str) -> None:
    async def lost() -> tuple[list[list[Account]], list[Account]]:
        async with members(url) as (one,):
            await one.store.close()
            async with members(url):
                await one.store.open(one.flush, resumes=True)
                await one.store.write([account("a")])
                alone = [await one.store.read(name) for name in ("a", "", "b")]
                return alone, await one.store.read(None)

    alone, every = asyncio.run(lost())
    told = [[(each.session, each.served, each.is_whole) for each in one] for one in alone]
    assert told == [[("a", 1, False)], [("", 0, False)], []]
    assert together(every).counts["lost", ""] == together(alone[0]).counts["lost", ""] == 1


def test_a_server_that_leaves_takes_nothing_along(url: str) -> None:
    async def taken() -> list[int]:
        async with members(url) as (one,):
            async with members(url) as (other,):
                await other.takes(2)
                await other.store.write([account()])
            assert [each.served for each in await one.store.read(None)] == [1]
            return await one.takes(1)

    assert asyncio.run(taken()) == [2]
