from playhead.names import near, scopes

NAMES = ["openai/gpt-4o/chat", "openai/gpt-4o/tools", "anthropic/weather"]


def test_cassettes_and_all_folders_above_them_confine() -> None:
    assert scopes(NAMES) == {*NAMES, "openai/gpt-4o", "openai", "anthropic"}


def test_nothing_confines_where_no_cassette_is() -> None:
    assert scopes([]) == frozenset()


def test_a_name_with_a_slip_is_near() -> None:
    assert near("openai/gpt-4o/chta", NAMES) == ["openai/gpt-4o/chat", "openai/gpt-4o/tools"]


def test_a_last_part_with_a_slip_is_near_where_the_whole_is_not() -> None:
    assert near("wether", NAMES) == ["anthropic/weather"]


def test_no_more_than_three_names_are_near() -> None:
    assert len(near("a/1", [f"a/{number}" for number in range(10, 20)])) == 3


def test_nothing_is_near_to_what_is_like_nothing() -> None:
    assert near("zzz", NAMES) == []
