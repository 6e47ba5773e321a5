import pytest

from playhead.parameters import Parameters, parameters

ALL = ("session", "scope", "all_used", "require_served")


def test_without_a_query_everything_is_asked_for() -> None:
    assert parameters([], ALL) == Parameters()


def test_every_parameter_has_its_place() -> None:
    pairs = [("session", "t1"), ("scope", "a"), ("all_used", "true"), ("require_served", "3")]
    asked = Parameters(session="t1", scope="a", all_used=True, served=3)
    assert parameters(pairs, ALL, {"a"}) == asked


def test_an_empty_session_is_the_default_one_and_none_is_all() -> None:
    assert parameters([("session", "")], ALL).session == ""
    assert parameters([("all_used", "false")], ALL).session is None


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([("sesion", "t1")], "no parameter 'sesion'; there are session, scope, all_used"),
        ([("session", "a"), ("session", "b")], "session stands there twice"),
        ([("scope", "b")], "no cassette or folder is named 'b'"),
        ([("scope", "")], "no cassette or folder is named ''"),
        ([("all_used", "yes")], "all_used is true or false, not 'yes'"),
        ([("all_used", "")], "all_used is true or false, not ''"),
        ([("require_served", "-1")], "require_served is a number, not '-1'"),
        ([("require_served", "٣")], "require_served is a number"),
        ([("require_served", "9" * 5000)], "require_served is a number"),
    ],
)
def test_what_cannot_be_is_said(pairs: list[tuple[str, str]], reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        parameters(pairs, ALL, {"a"})
    assert len(str(caught.value)) < 200


def test_where_there_are_no_parameters_none_is_allowed() -> None:
    with pytest.raises(ValueError, match="there are none here"):
        parameters([("session", "a")], ())
