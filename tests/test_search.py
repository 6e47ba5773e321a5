import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from playhead import nearest, search
from playhead.asked import Asked, asked
from playhead.errors import Code, Refusal
from playhead.library import Library
from playhead.search import Search
from support.cassettes import interaction, library

DIFFERS = Refusal(Code.BODY_DIFFERS, "differs")


def _asks(number: int, *, scope: bytes | None = None) -> Asked:
    body = json.dumps({"n": number}).encode()
    return asked("POST", b"/v1/chat/completions", b"", scope, body)


def _served(count: int = 3) -> Library:
    bodies = [json.dumps({"n": at}).encode() for at in range(count)]
    return library(*(interaction("x", at, sent=body) for at, body in enumerate(bodies)))


def _run(served: Library, use: Callable[[Search], Awaitable[None]]) -> None:
    """Let `use` have a search, in a loop of its own."""

    async def main() -> None:
        found = Search(served)
        try:
            await use(found)
        finally:
            found.close()

    asyncio.run(main())


def test_a_miss_is_explained_in_every_form() -> None:
    async def use(search: Search) -> None:
        found = await search.explained(_asks(9), DIFFERS, 4)
        assert found.miss.nearest is not None
        assert found.told["nearest"]["differences"][0]["path"] == "n"
        assert found.lines[0].startswith("nearest: x#")
        assert (found.miss.times, found.miss.first) == (1, 0)

    _run(_served(), use)


def test_a_miss_that_comes_again_is_counted_and_not_looked_up_again() -> None:
    async def use(search: Search) -> None:
        first = await search.explained(_asks(9), DIFFERS, 4)
        await search.explained(_asks(8), DIFFERS, 5)
        again = await search.explained(_asks(9), DIFFERS, 6)
        assert (again.miss.times, again.miss.first) == (2, 4)
        assert (again.told["times"], again.told["first"]) == (2, 4)
        assert again.miss.found is first.miss.found
        assert again.lines == ()

    _run(_served(), use)


def test_each_session_counts_for_itself_and_the_log_is_told_once() -> None:
    async def use(search: Search) -> None:
        await search.explained(_asks(9), DIFFERS, 4, "one")
        other = await search.explained(_asks(9), DIFFERS, 5, "two")
        again = await search.explained(_asks(9), DIFFERS, 6, "one")
        assert (other.miss.times, other.miss.first, other.lines) == (1, 0, ())
        assert (again.miss.times, again.miss.first) == (2, 4)

    _run(_served(), use)


def test_another_scope_or_reason_is_another_miss() -> None:
    async def use(search: Search) -> None:
        await search.explained(_asks(9), DIFFERS, 1)
        for number, scope, code in ((2, b"x", Code.BODY_DIFFERS), (3, None, Code.EXHAUSTED)):
            found = await search.explained(_asks(9, scope=scope), Refusal(code, ""), number)
            assert found.miss.times == 1

    _run(_served(), use)


def test_the_oldest_misses_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "REMEMBERED", 2)
    monkeypatch.setattr(search, "KEPT", 1)

    async def use(search: Search) -> None:
        for number in (7, 8, 9):
            await search.explained(_asks(number), DIFFERS, number)
        assert (await search.explained(_asks(7), DIFFERS, 10)).miss.times == 1
        assert (await search.explained(_asks(9), DIFFERS, 11)).miss.times == 2

    _run(_served(), use)


def test_the_same_miss_at_the_same_time_is_looked_up_once() -> None:
    async def use(search: Search) -> None:
        found = await asyncio.gather(
            *(search.explained(_asks(9), DIFFERS, number) for number in range(1, 5))
        )
        assert len({id(each.miss.found) for each in found}) == 1
        assert [each.miss.times for each in found] == [1, 2, 3, 4]

    _run(_served(), use)


@pytest.mark.parametrize(
    ("limit", "value", "told"),
    [
        ("SECONDS", 0.0, "The nearest recording was not found in time."),
        ("LARGEST", 3, "The body is too large to be compared."),
        ("MOST_WAITING", 0, "Too many misses at once to look for the nearest recording."),
    ],
)
def test_a_miss_that_cannot_be_explained_says_why(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: float, told: str
) -> None:
    monkeypatch.setattr(search, limit, value)

    async def use(search: Search) -> None:
        found = await search.explained(_asks(9), DIFFERS, 1)
        assert found.miss.why_no_nearest == told
        assert not found.told["complete"]
        assert found.lines == (told,)

    _run(_served(), use)


def test_a_search_that_waited_too_long_is_not_begun() -> None:
    async def use(search: Search) -> None:
        miss = (await search.explained(_asks(9), Refusal(Code.EXHAUSTED, "why"), 1)).miss
        assert search._look(miss, -1.0) is None

    _run(_served(), use)


def test_what_was_not_looked_at_in_time_is_looked_at_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nearest, "_SHARE_TO_GROW", -1.0)
    monkeypatch.setattr(search, "_SLICE", 0.001)

    async def use(search: Search) -> None:
        reports: list[dict[str, Any]] = []
        while not reports or not reports[-1]["complete"]:
            found = await search.explained(_asks(-1 - len(reports)), DIFFERS, 1)
            reports.append(found.told)
        assert reports[0]["looked_at"] == 1
        assert reports[-1]["looked_at"] == 300

    _run(_served(300), use)


def test_a_scope_is_looked_out_of() -> None:
    async def use(search: Search) -> None:
        refusal = Refusal(Code.UNKNOWN_CASSETTE, "there is no such cassette or folder")
        found = await search.explained(_asks(1, scope=b"nobody"), refusal, 1)
        assert found.miss.outside == ("x#1",)

    _run(_served(), use)


def test_a_reason_that_says_all_is_not_looked_into() -> None:
    async def use(search: Search) -> None:
        for code in (Code.EXHAUSTED, Code.UNKNOWN_OPERATION):
            found = await search.explained(_asks(1), Refusal(code, "why"), 1)
            assert found.told["nearest"] is None
            assert found.told["code"] == code.value

    _run(_served(), use)


def test_those_who_wait_when_the_search_is_closed_get_an_answer() -> None:
    async def use(search: Search) -> None:
        waiting = [
            asyncio.create_task(search.explained(_asks(-at), DIFFERS, at)) for at in range(1, 30)
        ]
        await asyncio.sleep(0)
        search.close()
        assert len(await asyncio.gather(*waiting)) == 29

    _run(_served(200), use)


def test_the_interpreter_switches_as_before_after_a_search() -> None:
    before = sys.getswitchinterval()

    async def use(search: Search) -> None:
        await search.explained(_asks(9), DIFFERS, 1)
        assert sys.getswitchinterval() == before

    _run(_served(), use)
