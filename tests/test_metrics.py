from collections import Counter

import pytest

from playhead import __version__
from playhead.account import Account
from playhead.errors import Code
from playhead.metrics import Now, exposition
from playhead.rules import Tier
from support.exposition import Metric, metrics

NOW = Now(cassettes=2, interactions=5, skipped=1, sessions=3)


def read(*counts: tuple[str, str, int]) -> dict[str, Metric]:
    counted = Counter({(kind, name): times for kind, name, times in counts})
    return metrics(exposition(Account(session="", counts=counted), NOW))


def test_nothing_is_left_out_where_nothing_was_asked() -> None:
    found = read()
    assert found["playhead_info"].samples == {f'{{version="{__version__}"}}': 1}
    assert found["playhead_served_total"].samples == {
        f'{{match="{tier.value}"}}': 0 for tier in Tier
    }
    assert found["playhead_missed_total"].samples == {
        f'{{reason="{code.value}"}}': 0 for code in Code
    }
    assert found["playhead_answer_seconds"].samples["_count"] == 0


def test_what_was_served_is_told_by_how_it_was_found() -> None:
    served = read(("served", "a#0", 5), ("served", "b#0", 2), ("loosely:rules", "b#0", 2))
    assert served["playhead_served_total"].samples['{match="exact"}'] == 5
    assert served["playhead_served_total"].samples['{match="rules"}'] == 2


def test_what_was_missed_is_told_by_its_reason() -> None:
    missed = read(("missed", "body_differs", 3), ("missed", "exhausted", 1))
    assert missed["playhead_missed_total"].samples['{reason="body_differs"}'] == 3
    assert missed["playhead_missed_total"].samples['{reason="exhausted"}'] == 1
    assert sum(missed["playhead_missed_total"].samples.values()) == 4


def test_how_long_answers_took_is_a_histogram_of_seconds() -> None:
    took = [3_000, 5_000, 900_000, 3_000_000_000]
    bits = Counter(nanoseconds.bit_length() for nanoseconds in took)
    counts = [("latency", str(each), times) for each, times in bits.items()]
    samples = read(*counts, ("latency", "sum", sum(took)))["playhead_answer_seconds"].samples
    assert samples["_count"] == 4
    assert samples["_sum"] == pytest.approx(3.000908)
    assert samples['_bucket{le="4.096e-06"}'] == 1
    assert samples['_bucket{le="8.192e-06"}'] == 2
    assert samples['_bucket{le="0.001048576"}'] == 3
    assert samples['_bucket{le="1.073741824"}'] == 3
    assert samples['_bucket{le="+Inf"}'] == 4


def test_open_streams_are_those_that_were_not_closed() -> None:
    streams = read(("streams", "opened", 7), ("streams", "closed", 5))
    assert streams["playhead_streams_open"].samples == {"": 2}


def test_what_there_is_now_is_told() -> None:
    found = read(("reloads", "served", 4))
    assert found["playhead_cassettes"].samples == {"": 2}
    assert found["playhead_interactions"].samples == {"": 5}
    assert found["playhead_skipped_files"].samples == {"": 1}
    assert found["playhead_sessions"].samples == {"": 3}
    assert found["playhead_reloads_total"].samples == {
        '{result="served"}': 4,
        '{result="refused"}': 0,
    }


def test_no_name_of_an_interaction_is_told() -> None:
    counted = Counter({("served", 'secret"\n#0'): 1, ("ambiguous", "secret#0"): 1})
    assert "secret" not in exposition(Account(session="secret", counts=counted), NOW)
