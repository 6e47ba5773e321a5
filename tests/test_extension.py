from typing import Any

import pytest

from playhead.errors import CassetteError
from playhead.formats import extension
from playhead.formats.document import Document
from playhead.formats.fields import Fields


def _fields(held: Any) -> Fields:
    return Document(raw=b"", tree={"x": held}, file="a.har", is_json=True).top


@pytest.mark.parametrize(
    ("held", "read"),
    [
        (None, ((), True)),
        ({}, ((), True)),
        ({"event_offsets_ms": [0, 1500]}, ((0.0, 1.5), True)),
        ({"event_offsets_ms": ["0", "1.5"], "complete": "true"}, ((0.0, 0.0015), True)),
        ({"complete": "false"}, ((), False)),
        ({"complete": False}, ((), False)),
    ],
)
def test_the_times_of_events_and_the_end_are_read(held: Any, read: object) -> None:
    assert extension.read(_fields(held), "x") == read


@pytest.mark.parametrize(
    "held",
    [
        "words", [], {"event_offsets_ms": 1}, {"event_offsets_ms": [2, 1]},
        {"event_offsets_ms": [-1, 1]}, {"event_offsets_ms": [0, "inf"]},
        {"event_offsets_ms": [0, "nan"]}, {"event_offsets_ms": [0, 10**400]},
        {"event_offsets_ms": [0, "soon"]}, {"event_offsets_ms": [0, None]},
    ],
)  # fmt: skip
def test_what_is_no_list_of_times_is_an_error(held: Any) -> None:
    with pytest.raises(CassetteError, match="x: event_offsets_ms is not a list"):
        extension.read(_fields(held), "x")
