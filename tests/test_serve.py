import signal

from support.server import Running


def test_the_examples_are_served(examples: Running) -> None:
    assert "5 cassettes" in examples.banner
    assert examples.get("/__playhead/health").json()["cassettes"] == 5
