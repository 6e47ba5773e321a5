"""A proof as JUnit XML, which CI servers show: a test case for each thing that has to be so.

The form is that of Jenkins' xUnit plugin (junit-10.xsd), which is also what GitLab reads.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from xml.etree import ElementTree as ET

from playhead import retold
from playhead.account import Account
from playhead.printable import printable
from playhead.proof import Proof

# XML 1.0, 2.2: what is not here may stand in no document, not even escaped.
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNUSED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One test case; it passes where `failure` is empty. `told` is more about it, a line each."""

    group: str
    name: str
    failure: str = ""
    told: tuple[str, ...] = ()


def as_xml(proof: Proof, account: Account) -> bytes:
    """Return the report of a run: each miss, each requirement, each cassette that answered."""
    cases = _with_own_names([*_misses(proof), *_requirements(proof), *_served(proof)])
    failures = sum(1 for case in cases if case.failure)
    seconds = f"{max(0.0, account.last - account.first):.3f}"
    counts = {
        "name": "playhead",
        "tests": str(len(cases)),
        "failures": str(failures),
        "errors": "0",
        "time": seconds,
    }
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {**counts, "skipped": "0"})
    if account.first:
        began = datetime.fromtimestamp(account.first, UTC)
        suite.set("timestamp", began.strftime("%Y-%m-%dT%H:%M:%S"))
    for case in cases:
        _add(suite, case)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _misses(proof: Proof) -> Iterator[_Case]:
    for entry in retold.distinct(proof.misses):
        yield _Case(
            group="playhead.requests",
            name=retold.phrase(entry),
            failure=f"refused: {entry['code']}",
            told=tuple(retold.lines(entry)),
        )


def _requirements(proof: Proof) -> Iterator[_Case]:
    """One for each; a miss that nobody forbade has failed as a request.

    That the cassettes are not old and no count is lost is required of every run, and told where
    it is not so.
    """
    group, required = "playhead.requirements", proof.requirements
    if proof.stale:
        yield _Case(group=group, name="not stale", failure=proof.stale)
    if proof.lost:
        yield _Case(group=group, name="nothing lost", failure=proof.lost)
    if required.fail_on_miss:
        refused = proof.refusals
        yield _Case(group=group, name="fail-on-miss", failure=" ".join(refused), told=refused)
    if required.served:
        yield _Case(group=group, name=f"require-served {required.served}", failure=proof.too_few)
    if required.all_used:
        unused = tuple(proof.unused[:_UNUSED]) if proof.left_over else ()
        yield _Case(group=group, name="all-used", failure=proof.left_over, told=unused)


def _served(proof: Proof) -> Iterator[_Case]:
    for cassette, names in groupby(sorted(proof.answers), _cassette):
        told = tuple(f"{name}: {_times(proof, name)}" for name in names)
        yield _Case(group="playhead.cassettes", name=cassette, told=told)


def _cassette(name: str) -> str:
    return name.rpartition("#")[0]


def _times(proof: Proof, name: str) -> str:
    loosely = [f"{times[name]} by {tier}" for tier, times in proof.loosely.items() if name in times]
    return ", ".join([f"{proof.answers[name]} answered", *loosely])


def _with_own_names(cases: list[_Case]) -> list[_Case]:
    """The same with a number behind a name that came before: viewers take equals for one."""
    seen: Counter[tuple[str, str]] = Counter()
    numbered = []
    for case in cases:
        seen[case.group, case.name] += 1
        times = seen[case.group, case.name]
        name = case.name if times == 1 else f"{case.name} ({times})"
        numbered.append(replace(case, name=name))
    return numbered


def _add(suite: ET.Element, case: _Case) -> None:
    names = {"classname": case.group, "name": _legal(case.name), "time": "0"}
    element = ET.SubElement(suite, "testcase", names)
    text = "\n".join(map(_legal, case.told))
    if case.failure:
        told = {"message": _legal(case.failure), "type": case.group}
        ET.SubElement(element, "failure", told).text = text or told["message"]
    elif text:
        ET.SubElement(element, "system-out").text = text


def _legal(text: str) -> str:
    """One line that may stand in XML: names of files and paths of requests may hold anything."""
    return _NO_CHARACTER.sub(lambda found: f"\\x{ord(found[0]):02x}", printable(text))
