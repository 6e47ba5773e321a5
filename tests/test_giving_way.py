import sys

from playhead.giving_way import giving_way


def test_python_switches_threads_sooner_while_the_block_lasts() -> None:
    before = sys.getswitchinterval()
    with giving_way():
        assert sys.getswitchinterval() < before / 2
    assert sys.getswitchinterval() == before


def test_the_last_of_several_threads_to_leave_puts_back_what_was_there() -> None:
    before = sys.getswitchinterval()
    first, second = giving_way(), giving_way()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert sys.getswitchinterval() < before / 2
    second.__exit__(None, None, None)
    assert sys.getswitchinterval() == before
