from playhead.rules import NO_RULES
from playhead.settings import Repeat, Settings, Timing


def test_nothing_is_paced_and_the_last_answer_sticks_unless_asked_otherwise() -> None:
    settings = Settings()
    assert settings.timing is Timing.OFF
    assert settings.event_gap is None
    assert settings.repeat is Repeat.LAST


def test_nothing_is_let_go_unless_asked_for() -> None:
    assert Settings().rules is NO_RULES
