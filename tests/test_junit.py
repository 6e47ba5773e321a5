import json
import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from playhead.account import Account
from playhead.junit import as_xml
from playhead.proof import Requirements, prove
from support.cassettes import library
from support.ruled import chat
from support.runs import account, refused

HELD = library(chat("a/one"), chat("a/one", 1, user="b"), chat("b/two", user="c"))
SENT = json.dumps({"model": "m", "messages": [{"role": "user", "content": "ho"}]}).encode()
EVERYTHING = Requirements(fail_on_miss=True, all_used=True, served=1)
MISSED = refused(HELD, SENT)

COUNTS = {"name", "tests", "failures", "errors", "time"}
ALLOWED: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), COUNTS, {"testsuite"}),
    "testsuite": (
        COUNTS - {"time"}, {*COUNTS, "skipped", "timestamp", "hostname", "id", "package"},
        {"testcase", "properties", "system-out", "system-err"},
    ),
    "testcase": (
        {"name"}, {"name", "classname", "time"}, {"skipped", "failure", "system-out", "system-err"},
    ),
    "failure": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}  # fmt: skip
"""Of each element of junit-10.xsd: attributes it must have, may have, and what it may hold."""


def report(account: Account, required: Requirements) -> ET.Element:
    """The report of a run, read by a parser that is none of ours, once its shape is looked at."""
    root = ET.fromstring(as_xml(prove(HELD, account, required), account))
    assert root.tag == "testsuites"
    for element in root.iter():
        needed, allowed, within = ALLOWED[element.tag]
        assert needed <= element.attrib.keys() <= allowed, element.tag
        assert {child.tag for child in element} <= within, element.tag
    (suite,) = root
    cases = suite.findall("testcase")
    assert suite.get("tests") == root.get("tests") == str(len(cases))
    assert suite.get("failures") == root.get("failures") == str(len(suite.findall(".//failure")))
    assert re.fullmatch(r"\d*\.\d{3}", suite.attrib["time"])
    timestamp = suite.get("timestamp", "none, as nothing was asked")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d|none.*", timestamp)
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
    return suite


def named(suite: ET.Element, group: str) -> dict[str, ET.Element]:
    cases = suite.findall(f"testcase[@classname='playhead.{group}']")
    return {case.attrib["name"]: case for case in cases}


def failure(case: ET.Element) -> ET.Element:
    found = case.find("failure")
    assert found is not None
    return found


def test_a_run_that_is_proved_has_only_passing_cases() -> None:
    all_of_it = account(served={"a/one#0": 1, "a/one#1": 2, "b/two#0": 1}, first=1.0, last=3.5)
    suite = report(all_of_it, EVERYTHING)
    assert suite.get("failures") == "0"
    assert suite.get("time") == "2.500"
    assert suite.get("timestamp") == "1970-01-01T00:00:01"
    assert list(named(suite, "requirements")) == ["fail-on-miss", "require-served 1", "all-used"]


def test_each_cassette_that_answered_passes_and_says_what_answered() -> None:
    loose = account(served={"a/one#0": 3, "a/one#1": 1, "b/two#0": 1}, rules={"a/one#0": 2})
    cassettes = named(report(loose, Requirements()), "cassettes")
    assert {name: case.findtext("system-out") for name, case in cassettes.items()} == {
        "a/one": "a/one#0: 3 answered, 2 by rules\na/one#1: 1 answered",
        "b/two": "b/two#0: 1 answered",
    }


def test_a_miss_fails_with_its_report_even_where_it_is_not_forbidden() -> None:
    suite = report(account("", MISSED), Requirements())
    (name,) = requests = named(suite, "requests")
    assert name.startswith("POST /v1/chat/completions, nearest a/one#0, differs at")
    told = failure(requests[name])
    assert told.get("message") == "refused: body_differs"
    assert '    recorded  "hi"\n    sent      "ho"' in (told.text or "")


def test_misses_that_are_told_alike_have_names_of_their_own() -> None:
    suite = report(account("", MISSED, {**MISSED, "id": 2}), Requirements())
    first, second = named(suite, "requests")
    assert second == f"{first} (2)"


def test_every_requirement_that_is_not_met_fails_with_its_reason() -> None:
    required = Requirements(fail_on_miss=True, all_used=True, served=2)
    cases = named(report(account("", MISSED, served={"a/one#0": 1}), required), "requirements")
    told = {name: failure(case).get("message") or "" for name, case in cases.items()}
    assert "(body_differs)" in told["fail-on-miss"]
    assert told["require-served 2"] == "1 request answered, and at least 2 required."
    assert told["all-used"].startswith("2 interactions answered nothing")
    assert failure(cases["all-used"]).text == "a/one#1\nb/two#0"


def test_a_requirement_that_is_met_passes_beside_one_that_is_not() -> None:
    used = account("", MISSED, served={"a/one#0": 1, "a/one#1": 1, "b/two#0": 1})
    cases = named(report(used, EVERYTHING), "requirements")
    assert [name for name, case in cases.items() if case.find("failure") is not None] == [
        "fail-on-miss"
    ]


def test_lost_counts_fail_even_where_nothing_is_required() -> None:
    lost = account(served={"a/one#0": 1})
    lost.counts["lost", ""] = 1
    for required in (Requirements(), Requirements(served=1)):
        suite = report(lost, required)
        assert suite.get("failures") == "1"
        told = failure(named(suite, "requirements")["nothing lost"])
        assert "the shared state was lost" in told.get("message", "")


def test_a_run_without_a_request_is_a_report_too() -> None:
    suite = report(account(), Requirements())
    assert (suite.get("tests"), suite.get("time")) == ("0", "0.000")


@given(st.text(st.characters(), min_size=1))
def test_no_name_breaks_the_document(name: str) -> None:
    miss = {**MISSED, "path": f"/{name}", "message": name, "session": name}
    strange = account("", miss, served={f"{name}#0": 1})
    suite = report(strange, EVERYTHING)
    assert suite.get("tests") == "5"


def test_what_xml_cannot_hold_is_written_out() -> None:
    suite = report(account(served={"\udce9\x00\uffff<&\n#0": 1}), Requirements())
    assert list(named(suite, "cassettes")) == [r"\xdce9\x00\xffff<&\x0a"]
