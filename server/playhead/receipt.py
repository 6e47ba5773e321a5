"""A proof as lines for a person at the end of a run, and as JSON for programs."""

from collections.abc import Sequence
from typing import Any

from playhead import __version__
from playhead.account import Account
from playhead.proof import NAMED, Proof
from playhead.wording import listed, plural


def lines(proof: Proof) -> list[str]:
    """Return what is said at the end; nothing where nobody asked and nothing was required."""
    if not (proof.served or proof.refusals or proof.lost or proof.requirements.are_any):
        return []
    counts = f"{plural(proof.served, 'request')} answered, {proof.missed} refused"
    said = [f"playhead: {verdict(proof)}{counts}"]
    said += [f"  not proved: {reason}" for reason in proof.reasons]
    said += [f"  refused: {each}" for each in proof.refusals if each not in proof.reasons]
    if proof.stale and proof.stale not in proof.reasons:
        said.append(f"  stale: {proof.stale}")
    if proof.lost and proof.lost not in proof.reasons:
        said.append(f"  lost: {proof.lost}")
    for tier, times in proof.loosely.items():
        said.append(f"  {sum(times.values())} by {tier}: {listed(sorted(times), NAMED)}")
    if ambiguous := proof.ambiguous:
        answers = plural(sum(ambiguous.values()), "answer")
        said.append(
            f"  {answers} that another cassette holds, too: {listed(sorted(ambiguous), NAMED)}"
            " (`playhead check` says how to choose)"
        )
    if unused := len(proof.unused):
        said.append(f"  {unused} of {plural(proof.interactions, 'interaction')} answered nothing")
    return said


def verdict(proof: Proof) -> str:
    """Return the first words: whether a run is proved, empty where nothing was required.

    A run without an answer is not called proved, though nothing required may be missing.
    """
    if not proof.requirements.are_any:
        return ""
    if not proof.is_proved:
        return "NOT PROVED: "
    return "proved: " if proof.served else "proves nothing: "


def as_json(proof: Proof) -> dict[str, Any]:
    """Return a proof as a JSON value; the default session is null."""
    return {
        "proved": proof.is_proved,
        "reasons": proof.reasons,
        "session": proof.session or None,
        "scope": proof.scope,
        "required": {
            "fail_on_miss": proof.requirements.fail_on_miss,
            "all_used": proof.requirements.all_used,
            "served": proof.requirements.served,
        },
        "served": proof.served,
        "missed": proof.missed,
        "exhausted": proof.exhausted,
        "missed_by": proof.missed_by,
        "answers": proof.answers,
        "loosely": proof.loosely,
        "ambiguous": proof.ambiguous,
        "interactions": proof.interactions,
        "unused": proof.unused,
        "misses": proof.misses,
    }


def report(proof: Proof, accounts: Sequence[Account]) -> dict[str, Any]:
    """Return the report of a whole run as a JSON value: the proof, and a line for each session."""
    return {
        "playhead": __version__,
        **as_json(proof),
        "sessions": [
            {
                "session": account.session or None,
                "served": account.served,
                "missed": account.missed,
                "exhausted": account.exhausted,
                "first": account.first,
                "last": account.last,
            }
            for account in accounts
        ],
    }
