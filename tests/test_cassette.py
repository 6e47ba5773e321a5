from dataclasses import FrozenInstanceError

import pytest

from playhead.cassette import Request, Response
from support.cassettes import interaction


def test_an_interaction_is_named_by_its_cassette_and_its_number() -> None:
    assert interaction("openai/gpt-4o/simple", 3).name == "openai/gpt-4o/simple#3"


def test_two_interactions_are_never_equal_however_alike() -> None:
    assert len({interaction(), interaction()}) == 2


def test_requests_and_responses_are_equal_by_what_they_hold() -> None:
    assert Request(method="GET", url="/a") == Request(method="GET", url="/a", headers=(), body=b"")
    assert Response(status=200) != Response(status=201)


def test_a_recording_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        interaction().response.body = b""  # type: ignore[misc] # what must fail
