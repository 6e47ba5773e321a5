import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from playhead import nearest
from playhead.asked import Asked, asked
from playhead.compared import sent
from playhead.library import Library
from playhead.nearest import Found, Index, Neighbours
from playhead.pointer import pointer
from playhead.rules import Rules
from support.cassettes import interaction, library


def _stopped() -> float:
    return 0.0


def _body(**members: Any) -> bytes:
    return json.dumps(members).encode()


def _asks(body: bytes, path: str = "/v1/chat/completions", scope: bytes | None = None) -> Asked:
    return asked("POST", path.encode(), b"", scope, body)


def _found(library: Library, request: Asked, clock: Callable[[], float] = _stopped) -> Found:
    neighbours = Neighbours(clock)
    return neighbours.nearest(sent(request), library.alike(request), deadline=1.0)


def _name(found: Found) -> str:
    return found.nearest[0].interaction.name


def test_the_nearest_recording_has_the_least_text_changed() -> None:
    served = library(
        interaction("far", sent=_body(model="gpt-4o", prompt="something else altogether")),
        interaction("near", sent=_body(model="gpt-4o", prompt="What is the capital of France?")),
    )
    found = _found(served, _asks(_body(model="gpt-4o", prompt="What is the capital of Spain?")))
    assert [near.interaction.cassette for near in found.nearest] == ["near", "far"]
    assert found.complete


def test_of_two_equally_near_recordings_the_first_is_named() -> None:
    served = library(interaction("b", sent=_body(n=1)), interaction("a", sent=_body(n=1)))
    assert _name(_found(served, _asks(_body(n=2)))) == "a#0"


def test_a_near_recording_is_found_among_many() -> None:
    messages = [f"message {at}" for at in range(20)]
    others = [interaction("x", at, sent=_body(prompt=str(at))) for at in range(200)]
    served = library(*others, interaction("y", sent=_body(messages=messages)))
    assert _name(_found(served, _asks(_body(messages=[*messages, "one more"])))) == "y#0"


def test_requests_that_share_all_but_the_last_words_are_told_apart() -> None:
    system = {"role": "system", "content": "You are a helpful assistant. " * 20}
    said = [f"How many apples are in basket number {at} today?" for at in range(300)]
    served = library(
        *(
            interaction("x", at, sent=_body(messages=[system, {"role": "user", "content": text}]))
            for at, text in enumerate(said)
        )
    )
    question = said[273].replace("today", "tomorrow")
    request = _asks(_body(messages=[system, {"role": "user", "content": question}]))
    assert _name(_found(served, request)) == "x#273"


def test_a_recording_of_another_operation_or_out_of_scope_is_not_near() -> None:
    served = library(interaction("a"), interaction("b", url="/v1/responses"))
    assert _found(served, _asks(b"{}", "/v1/embeddings")) == Found()
    assert _found(served, _asks(b"{}", scope=b"b")) == Found()


def test_a_recording_that_shares_nothing_is_near_where_there_is_no_other() -> None:
    served = library(interaction(url="/v1beta/models/pro:generateContent", sent=b""))
    found = _found(served, _asks(b'{"a":1}', "/v1beta/models/flash:generateContent"))
    assert _name(found) == "chat#0"


def test_a_few_of_the_nearest_are_kept() -> None:
    served = library(*(interaction("x", at, sent=_body(n=at)) for at in range(9)))
    assert len(_found(served, _asks(_body(n=99))).nearest) == 3


def test_the_smallest_rule_comes_with_the_nearest() -> None:
    served = library(*(interaction("x", at, sent=_body(q="hi", max_tokens=at)) for at in range(9)))
    found = _found(served, _asks(_body(q="hi", max_tokens=99)))
    assert found.advice is not None
    assert (found.advice.lines, found.advice.merged) == (("ignore: [/max_tokens]",), 8)


def test_the_rules_of_a_recording_are_obeyed() -> None:
    served = library(interaction(sent=_body(n=1, m=1)))
    request = _asks(_body(n=2, m=2))
    neighbours = Neighbours(_stopped, lambda _: Rules(ignore=(pointer("/n"),)))
    found = neighbours.nearest(sent(request), served.alike(request), deadline=1.0)
    assert [place.difference.path for place in found.nearest[0].places] == ["m"]


def test_what_is_indexed_is_remembered() -> None:
    served = library(*(interaction("x", at, sent=_body(n=at)) for at in range(20)))
    neighbours, request = Neighbours(_stopped), sent(_asks(_body(n=99)))
    first = neighbours.nearest(request, served.alike(request.asked), deadline=1.0)
    assert neighbours.nearest(request, (), deadline=1.0) == first


def test_a_search_without_time_looks_at_one_recording_and_says_so() -> None:
    served = library(*(interaction("x", at, sent=_body(n=at)) for at in range(40)))
    ticks = itertools.chain([0.0], itertools.repeat(2.0))
    found = _found(served, _asks(_body(n=99)), lambda: next(ticks))
    assert (found.looked_at, found.of, found.complete) == (1, 40, False)
    assert len(found.nearest) == 1


def test_when_time_runs_out_the_best_so_far_is_the_nearest() -> None:
    served = library(*(interaction("x", at, sent=_body(n=at)) for at in range(5)))
    ticks = itertools.chain([0.0] * 5, itertools.repeat(2.0))
    found = _found(served, _asks(_body(n=99)), lambda: next(ticks))
    assert found.complete
    assert len(found.nearest) == 1


def test_those_of_its_length_are_looked_at_first() -> None:
    bodies = [_body(q="x" * at) for at in range(100)]
    served = library(*(interaction("x", at, sent=body) for at, body in enumerate(bodies)))
    ticks = itertools.chain([0.0] * 5, itertools.repeat(2.0))
    found = _found(served, _asks(_body(q="y" * 77)), lambda: next(ticks))
    assert not found.complete
    assert 70 < found.nearest[0].interaction.id < 84


def test_what_was_not_looked_at_in_time_is_later() -> None:
    served = library(*(interaction("x", at, sent=_body(n=at)) for at in range(40)))
    now = [0.0]

    def clock() -> float:
        now[0] += 0.1
        return now[0]

    neighbours, request = Neighbours(clock), sent(_asks(_body(n=39, m=1)))
    first = neighbours.nearest(request, served.alike(request.asked), deadline=1.0)
    assert not first.complete
    assert neighbours.grow(0.5)
    assert not neighbours.grow(100.0)
    now[0] = 0.0
    assert neighbours.nearest(request, (), deadline=1.0).complete


def test_the_oldest_index_goes_where_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "_INDEXED", 3)
    served = library(*(interaction(name, sent=_body(n=1)) for name in "abcd"))
    neighbours = Neighbours(_stopped)
    for scope in "abcd":
        request = _asks(_body(n=2), scope=scope.encode())
        neighbours.nearest(sent(request), served.alike(request), deadline=1.0)
    gone = _asks(_body(n=2), scope=b"a")
    assert neighbours.nearest(sent(gone), (), deadline=1.0) == Found()
    kept = _asks(_body(n=2), scope=b"d")
    assert neighbours.nearest(sent(kept), (), deadline=1.0).of == 1


def test_members_of_every_recording_do_not_hold_a_search_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nearest, "_COUNTED", 5)
    index = Index([interaction("x", at, sent=_body(n=at, m=1)) for at in range(20)])
    for at in range(20):
        index.add(at)
    breaths: list[int] = []
    assert index.ranked(frozenset(), lambda: breaths.append(1)) == list(range(16))
    assert set(index.having(frozenset())) == set(range(20))
    served = library(*index.interactions)
    assert _name(_found(served, _asks(_body(n=7, m=1, q=1)))) == "x#7"
    rule = _found(served, _asks(_body(n=7, m=1, q=1))).advice
    assert rule is not None
    assert rule.merged == 0
