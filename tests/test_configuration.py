from playhead.configuration import NOTHING, Configuration
from playhead.rules import NO_RULES, Rules


def test_who_says_nothing_matches_exactly() -> None:
    assert Configuration() == NOTHING
    assert NOTHING.rules is NO_RULES


def test_configurations_are_the_same_by_what_they_say() -> None:
    assert Configuration(rules=Rules()) == NOTHING
    assert Configuration(rules=Rules(ids_renamed=True)) != NOTHING
