from typing import Any

import pytest

from playhead.transcript.predict import tell_predict_answer, tell_predict_request
from support.telling import turns


@pytest.mark.parametrize(
    ("instance", "said"),
    [
        ({"prompt": "a"}, "a"),
        ({"content": "a", "task_type": "t"}, "a"),
        ({"odd": 1}, '{\n  "odd": 1\n}'),
    ],
)
def test_an_instance_is_told_by_what_it_asks_for(instance: Any, said: str) -> None:
    assert turns(tell_predict_request, {"instances": [instance]}) == [("prompt", said)]


@pytest.mark.parametrize(
    ("prediction", "told"),
    [
        ({"mimeType": "image/png", "bytesBase64Encoded": "AAAA"},
         ("prediction", "[image, image/png, 3 bytes]")),
        ({"bytesBase64Encoded": "AAAA"}, ("prediction", "[data, 3 bytes]")),
        ({"embeddings": {"values": [0.1, 0.2]}}, ("embedding", "2 dimensions")),
        ({"odd": 1}, ("prediction", '{\n  "odd": 1\n}')),
    ],
)  # fmt: skip
def test_a_prediction_is_told_by_its_kind(prediction: Any, told: tuple[str, str]) -> None:
    assert turns(tell_predict_answer, {"predictions": [prediction]}) == [told]
