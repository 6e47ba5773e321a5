"""A strict reader of the text form of Prometheus, version 0.0.4: what it takes, Prometheus takes.

Stricter than Prometheus itself where its documentation only advises: each metric has its HELP and
its TYPE, in this order, directly before all of its samples.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
_SAMPLE = re.compile(
    rf"(?P<name>{_NAME})(?:\{{(?P<labels>{_LABEL}(?:,{_LABEL})*)\}})? (?P<value>\S+)"
)
_HELP = re.compile(rf"# HELP (?P<name>{_NAME}) (?P<told>(?:[^\\\n]|\\[\\n])+)")
_TYPE = re.compile(rf"# TYPE (?P<name>{_NAME}) (?P<kind>counter|gauge|histogram)")


@dataclass(kw_only=True)
class Metric:
    """One metric; its samples by what stands behind the metric's name: a suffix and labels."""

    kind: str
    samples: dict[str, float] = field(default_factory=dict)


def metrics(text: str) -> dict[str, Metric]:
    """Every metric by its name; fails for whatever Prometheus would not read."""
    assert text.endswith("\n")
    found: dict[str, Metric] = {}
    lines = iter(text.removesuffix("\n").split("\n"))
    name = ""
    for line in lines:
        if helped := _HELP.fullmatch(line):
            typed = _TYPE.fullmatch(next(lines))
            assert typed, line
            name = helped["name"]
            assert typed["name"] == name
            assert name not in found
            found[name] = Metric(kind=typed["kind"])
        else:
            _add(line, name, found[name])
    for metric in found.values():
        _check(metric)
    return found


def _add(line: str, name: str, metric: Metric) -> None:
    sample = _SAMPLE.fullmatch(line)
    assert sample, line
    assert sample["name"].startswith(name), line
    suffix = sample["name"].removeprefix(name)
    assert suffix in (("_bucket", "_sum", "_count") if metric.kind == "histogram" else ("",)), line
    rest = f"{suffix}{{{sample['labels']}}}" if sample["labels"] else suffix
    assert rest not in metric.samples, line
    metric.samples[rest] = float(sample["value"])


def _check(metric: Metric) -> None:
    assert metric.samples
    if metric.kind == "counter":
        assert all(value >= 0 for value in metric.samples.values())
    if metric.kind == "histogram":
        buckets = [
            (float(bound[1]), value)
            for rest, value in metric.samples.items()
            if (bound := re.fullmatch(r'_bucket\{le="(.+)"\}', rest))
        ]
        assert all(lower[0] < upper[0] for lower, upper in pairwise(buckets))
        assert all(lower[1] <= upper[1] for lower, upper in pairwise(buckets))
        assert buckets[-1] == (float("inf"), metric.samples["_count"])
        assert "_sum" in metric.samples
