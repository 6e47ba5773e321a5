"""What a server counts, in the text form that Prometheus reads, version 0.0.4.

No label holds a model, a prompt, a path or a session: whoever may read metrics need not be one who
may read recordings, and a series for each of them would never end.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from playhead import __version__
from playhead.account import LATENCY, MISSED, RELOADS, STREAMS, Account
from playhead.errors import Code
from playhead.rules import Tier

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_FASTEST, _SLOWEST = 12, 30
"""The bounds of the histogram, as powers of two of a nanosecond: from 4 us to 1 s."""

_Samples: TypeAlias = Iterable[tuple[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is counted now and not summed up: files and sessions."""

    cassettes: int
    interactions: int
    skipped: int
    sessions: int


def exposition(account: Account, now: Now) -> str:
    """Return all metrics, of every request to every server, as lines that end."""
    loosely = {tier: sum(names.values()) for tier, names in account.loosely().items()}
    tiers = {tier.value: loosely.get(tier.value, 0) for tier in Tier}
    tiers[Tier.EXACT.value] = account.served - sum(loosely.values())
    reasons = {code.value: 0 for code in Code} | account.by(MISSED)
    streams = account.by(STREAMS)
    metrics = (
        _metric("info", "gauge", "The version of playhead.", _each("version", {__version__: 1})),
        _metric(
            "served_total", "counter", "Requests answered by a recording, by how it was found.",
            _each("match", tiers),
        ),
        _metric(
            "missed_total", "counter", "Requests that no recording answered, by the reason.",
            _each("reason", reasons),
        ),
        _metric(
            "answer_seconds", "histogram",
            "From a whole request to the recording that answers it; neither network nor pace.",
            _histogram(account.by(LATENCY)),
        ),
        _metric(
            "streams_open", "gauge", "Paced answers that are being sent.",
            [("", streams.get("opened", 0) - streams.get("closed", 0))],
        ),
        _metric("sessions", "gauge", "Sessions, the default one included.", [("", now.sessions)]),
        _metric("cassettes", "gauge", "Cassettes that are served.", [("", now.cassettes)]),
        _metric("interactions", "gauge", "Interactions in them.", [("", now.interactions)]),
        _metric("skipped_files", "gauge", "Files that are not served.", [("", now.skipped)]),
        _metric(
            "reloads_total", "counter", "How often cassettes were read again, and served or not.",
            _each("result", {"served": 0, "refused": 0} | account.by(RELOADS)),
        ),
    )  # fmt: skip
    return "".join(line for metric in metrics for line in metric)


def _metric(name: str, kind: str, told: str, samples: _Samples) -> Iterator[str]:
    yield f"# HELP playhead_{name} {told}\n# TYPE playhead_{name} {kind}\n"
    for rest, value in samples:
        yield f"playhead_{name}{rest} {value}\n"


def _each(label: str, values: Mapping[str, float]) -> _Samples:
    return ((f'{{{label}="{name}"}}', value) for name, value in values.items())


def _histogram(latency: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """The samples of a histogram: how many took no longer than each bound, and all together.

    `latency` counts answers by the number of bits of their nanoseconds, and sums these up as `sum`.
    """
    counts = {int(bits): times for bits, times in latency.items() if bits != "sum"}
    for bits in range(_FASTEST, _SLOWEST + 1):
        below = sum(times for each, times in counts.items() if each <= bits)
        yield f'_bucket{{le="{2**bits / 1e9}"}}', below
    yield '_bucket{le="+Inf"}', sum(counts.values())
    yield "_sum", latency.get("sum", 0) / 1e9
    yield "_count", sum(counts.values())
