"""What `playhead run -- pytest` runs, without a key and without a network."""

from triage import label, reply

LATE = "My parcel never came. I want my money back."


def test_who_wants_money_back_wants_a_refund() -> None:
    """The label is the recorded one."""
    assert label(LATE) == "refund"


def test_the_customer_gets_an_answer() -> None:
    """The pieces of the stream are put together."""
    assert "".join(reply(LATE)) == "I am sorry; your money is on its way."
