import pytest

from playhead.shortfall import shortfall


@pytest.mark.parametrize(
    ("served", "missed", "told"),
    [
        (0, 0, "0 requests answered, and at least 3 required: the app never called. Call."),
        (0, 2, "0 requests answered, and at least 3 required: all that came were refused, 2 of"),
        (1, 2, "1 request answered, and at least 3 required."),
        (2, 0, "2 requests answered, and at least 3 required."),
    ],
)
def test_what_came_instead_is_told(served: int, missed: int, told: str) -> None:
    assert shortfall(served=served, missed=missed, wanted=3, advice="Call.").startswith(told)
