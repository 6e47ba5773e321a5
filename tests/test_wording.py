from playhead.wording import listed, plural


def test_only_one_has_no_s() -> None:
    assert [plural(count, "request") for count in range(3)] == [
        "0 requests", "1 request", "2 requests",
    ]  # fmt: skip


def test_a_list_names_the_first_and_counts_the_rest() -> None:
    assert listed([], 2) == ""
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"
