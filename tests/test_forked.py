import socket
from collections.abc import Iterator

import pytest

from playhead.forked import Forked
from playhead.worker import Line, Word, read


@pytest.fixture
def pairs() -> Iterator[list[tuple[Forked, Line]]]:
    """Three workers, each with its own end of its line."""
    lines = [socket.socketpair() for _ in range(3)]
    for _, theirs in lines:
        theirs.setblocking(False)
    yield [(Forked(pid=at, line=ours), theirs) for at, (ours, theirs) in enumerate(lines)]
    for pair in lines:
        for line in pair:
            line.close()


def _said(line: Line) -> list[int]:
    try:
        return list(read(line))
    except BlockingIOError:
        return []


def test_who_asks_is_told_when_all_others_have_reloaded(pairs: list[tuple[Forked, Line]]) -> None:
    (one, ones), (two, twos), (three, threes) = pairs
    one.have_reload([two, three])
    assert [_said(twos), _said(threes)] == [[Word.RELOAD], [Word.RELOAD]]
    two.has_reloaded()
    assert _said(ones) == []
    three.has_reloaded()
    assert _said(ones) == [Word.RELOADED]


def test_two_may_ask_at_once(pairs: list[tuple[Forked, Line]]) -> None:
    (one, ones), (two, twos), (three, _) = pairs
    one.have_reload([two, three])
    two.have_reload([one, three])
    one.has_reloaded()
    two.has_reloaded()
    three.has_reloaded()
    assert _said(ones) == [Word.RELOAD, Word.RELOADED]
    assert _said(twos) == [Word.RELOAD]
    three.has_reloaded()
    assert _said(twos) == [Word.RELOADED]


def test_who_is_alone_is_told_at_once(pairs: list[tuple[Forked, Line]]) -> None:
    one, ones = pairs[0]
    one.have_reload([])
    assert _said(ones) == [Word.RELOADED]


def test_nobody_waits_for_the_dead_whose_last_word_may_still_come(
    pairs: list[tuple[Forked, Line]],
) -> None:
    (one, ones), (two, twos), _ = pairs
    one.have_reload([two])
    twos.close()
    two.is_gone()
    two.has_reloaded()
    assert _said(ones) == [Word.RELOADED]


def test_a_word_to_the_dead_is_lost(pairs: list[tuple[Forked, Line]]) -> None:
    one, ones = pairs[0]
    one.line.close()
    one.tell(Word.STOP)
    assert read(ones) == b""
