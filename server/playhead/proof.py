"""What a run proves: what answered, what was refused, what nobody used, and what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from playhead import retold
from playhead.account import AMBIGUOUS, LOOSELY, MISSED, SERVED, Account
from playhead.errors import Code
from playhead.library import Library
from playhead.rules import Tier
from playhead.shortfall import shortfall
from playhead.wording import listed, plural

NAMED = 10
"""Interactions named in a sentence, before the rest are only counted."""
_EXAMPLES = 3

_MEANINGS: dict[str, tuple[str, str]] = {
    Code.NO_CASSETTES.value: ("found no cassettes loaded", "Name the folder that holds them."),
    Code.UNKNOWN_OPERATION.value: (
        "went where nothing is recorded",
        "Record it, or mend the path or method that the app calls.",
    ),
    Code.BODY_DIFFERS.value: (
        "matched no recording",
        "Record it again, or say in a playhead.yaml what may differ.",
    ),
    Code.NOT_BRIDGED.value: (
        "met a recording that cannot be told in the other form",
        "Record it with the `stream` that the app sends.",
    ),
    Code.EXHAUSTED.value: (
        "came more often than recorded",
        "Record it as often as the app asks, or allow it with another --repeat.",
    ),
    Code.UNKNOWN_CASSETTE.value: (
        "named a cassette that is not there",
        "Mend the scope in the base URL or header; `playhead list` has the names.",
    ),
    Code.BODY_TOO_LARGE.value: ("had too large a body", "Send less."),
    Code.BAD_REQUEST.value: ("could not be read", "Look at what the app sends."),
    Code.STATE_UNREACHABLE.value: (
        "came while the shared state was out of reach",
        "See to it that the server reaches what --state names.",
    ),
    Code.INTERNAL.value: ("met a bug of playhead's", "Its log has the details; please report it."),
}
STATE_LOST = (
    "it is not known what became of all requests: the shared state was lost on the way, removed, "
    "restarted without its data, or out of reach at the end. Run it again."
)
_STALE = "old cassettes are served, not what is there now: {}. Mend that and run again."
_MADE_ANEW = (
    "the session {!r} was dropped, idle for an hour or as one of too many, and made anew: what "
    "became of its first requests is told for all dropped sessions together. Use fewer sessions."
)
_UNKNOWN = ("could not be answered", "The log of the server has more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What must be so for a run to be proved; `served` is how many answers it takes at least."""

    fail_on_miss: bool = False
    all_used: bool = False
    served: int = 0

    @property
    def are_any(self) -> bool:
        """Whether anything is required."""
        return self.fail_on_miss or self.all_used or self.served > 0


NOTHING = Requirements()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is known of a run, or of one session of it.

    `answers` is how often each interaction answered, `loosely` the same by tier where that is not
    exact, and `ambiguous` where another cassette holds the request, too. `unused` are names, of
    as many `interactions` as are in scope.
    `misses` are the last refused requests as JSON. `refusals` are sentences, one for each code.
    `stale` is one that says that old cassettes are served, `lost` that counts were lost, `too_few`
    that fewer answered than required, `left_over` that not all were used that had to be; empty
    where it is not so. `reasons` say what of the requirements is not met and what to do.
    """

    session: str
    scope: str | None
    requirements: Requirements
    served: int
    missed: int
    exhausted: int
    missed_by: Mapping[str, int]
    answers: Mapping[str, int]
    loosely: Mapping[str, Mapping[str, int]]
    ambiguous: Mapping[str, int]
    unused: Sequence[str]
    interactions: int
    misses: Sequence[dict[str, Any]]
    refusals: tuple[str, ...]
    stale: str
    lost: str
    too_few: str
    left_over: str
    reasons: tuple[str, ...]

    @property
    def is_proved(self) -> bool:
        """Whether all that was required is so."""
        return not self.reasons


def prove(  # noqa: PLR0913 - all but the first three by name
    library: Library,
    account: Account,
    requirements: Requirements,
    *,
    scope: str | None = None,
    origin: str = "",
    stale: str | None = None,
) -> Proof:
    """Return what the requests of an account prove.

    Only what has to be used is narrowed by `scope`. `origin` is where the server is reached,
    `http://host:port`: one that was never called says which base URL it waits at. `stale` says
    why what is served is not what is there, if it is not: then nothing is as required. Nor is it
    where counts were lost.
    """
    used = account.by(SERVED)
    interactions = [each.name for each in library.in_scope(scope)]
    unused = [name for name in interactions if name not in used]
    refusals = tuple(_refusals(account))
    old = _STALE.format(stale) if stale else ""
    lost = "" if account.is_whole else STATE_LOST
    base_url = _base_url(origin, account, scope)
    made_anew = unknown = too_few = left_over = ""
    if account.session and account.is_made_anew:
        made_anew = _MADE_ANEW.format(account.session)
    if account.session and not account.was_asked:
        unknown = _unknown_session(account.session, base_url)
    elif account.served < requirements.served:
        too_few = shortfall(
            served=account.served,
            missed=account.missed,
            wanted=requirements.served,
            advice=base_url,
        )
    if requirements.all_used and unused:
        left_over = _unused(unused, account.missed)
    refused = refusals if requirements.fail_on_miss else ()
    by_tier = {tier.value: account.by(LOOSELY + tier.value) for tier in Tier}
    reasons = (old, lost, *refused, made_anew, unknown, too_few, left_over)
    return Proof(
        session=account.session,
        scope=scope,
        requirements=requirements,
        served=account.served,
        missed=account.missed,
        exhausted=account.exhausted,
        missed_by=account.by(MISSED),
        answers=used,
        loosely={tier: names for tier, names in by_tier.items() if names},
        ambiguous=account.by(AMBIGUOUS),
        unused=unused,
        interactions=len(interactions),
        misses=account.misses,
        refusals=refusals,
        stale=old,
        lost=lost,
        too_few=too_few,
        left_over=left_over,
        reasons=tuple(filter(None, reasons)) if requirements.are_any else (),
    )


def _refusals(account: Account) -> Iterator[str]:
    misses = retold.distinct(account.misses)
    for code, times in account.by(MISSED).items():
        what, to_do = _MEANINGS.get(code, _UNKNOWN)
        phrases = (retold.phrase(each) for each in misses if each.get("code") == code)
        told = list(dict.fromkeys(phrases))  # many sessions may miss alike
        more = len(told[_EXAMPLES:])
        examples = [*told[:_EXAMPLES], *([f"and {more} more"] if more else [])]
        where = f": {'; '.join(examples)}" if examples else ""  # what is long ago is not kept
        yield f"{plural(times, 'request')} {what} ({code}){where}. {to_do}"


def _unknown_session(session: str, base_url: str) -> str:
    return (
        f"no request in the session {session!r} is known: the app never called in it, or it was "
        "dropped as one of too many. /__playhead/sessions lists those that are known: check the "
        f"name. {base_url}"
    )


def _base_url(origin: str, account: Account, scope: str | None) -> str:
    if not origin:
        return "Point its base URL at playhead: `playhead env` prints the variables of every SDK."
    prefix = ""
    if account.session:
        prefix += f"/session/{quote(account.session, safe='', errors='surrogateescape')}"
    if scope is not None:
        prefix += f"/cassette/{quote(scope, errors='surrogateescape')}"
    if prefix:
        prefix += "/-"
    return (
        f"Its base URL should be {origin}{prefix}/v1; "
        "`playhead env` prints the variables of every SDK."
    )


def _unused(unused: Sequence[str], missed: int) -> str:
    told = f"{plural(len(unused), 'interaction')} answered nothing: {listed(unused, NAMED)}."
    if missed:
        return f"{told} {plural(missed, 'request')} refused may be why: look at those first."
    return f"{told} Delete what no test needs, or run the test that needs it."
