"""The reader of metrics that other tests trust: what Prometheus would not take, it does not."""

import pytest

from support.exposition import metrics

GOOD = """\
# HELP a_total What is counted.
# TYPE a_total counter
a_total{of="one",by="\\"\\\\\\n"} 1
a_total 2.5
# HELP took Seconds.
# TYPE took histogram
took_bucket{le="0.5"} 1
took_bucket{le="+Inf"} 3
took_sum 4
took_count 3
"""


def test_what_prometheus_takes_is_read() -> None:
    found = metrics(GOOD)
    assert {name: metric.kind for name, metric in found.items()} == {
        "a_total": "counter",
        "took": "histogram",
    }
    assert found["a_total"].samples == {'{of="one",by="\\"\\\\\\n"}': 1, "": 2.5}
    assert found["took"].samples["_count"] == 3


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("took_count 3\n", "took_count 3"),
        ("# TYPE a_total counter\n", ""),
        ("# TYPE a_total counter", "# TYPE a_total number"),
        ("# TYPE a_total counter", "# TYPE b_total counter"),
        ("# HELP took Seconds.\n# TYPE took h", "# HELP a_total Again.\n# TYPE a_total h"),
        ("a_total 2.5", "a_total two"),
        ("a_total 2.5", "a_total -1"),
        ("a_total 2.5", "a_total_sum 2.5"),
        ("a_total 2.5", "b_total 2.5"),
        ("a_total 2.5", "a_total  2.5"),
        ("a_total 2.5", "\na_total 2.5"),
        ("a_total 2.5", 'a_total{of="one",by="\\"\\\\\\n"} 2'),
        ('of="one"', 'of="o"ne"'),
        ('of="one"', 'of="o\ne"'),
        ('of="one"', 'of="o\\te"'),
        ('of="one"', "of=one"),
        ('of="one"', '0f="one"'),
        ('le="0.5"} 1', 'le="0.5"} 4'),
        ('le="+Inf"} 3', 'le="+Inf"} 2'),
        ('took_bucket{le="+Inf"} 3\n', ""),
        ("took_sum 4\n", ""),
        ("took_count 3\n", ""),
    ],
)  # fmt: skip
def test_what_prometheus_would_not_take_fails(good: str, bad: str) -> None:
    assert good in GOOD
    with pytest.raises((AssertionError, KeyError, ValueError)):
        metrics(GOOD.replace(good, bad, 1))
