import json

from hypothesis import given
from hypothesis import strategies as st

from playhead.asked import asked
from playhead.cassette import Interaction
from playhead.library import Library
from playhead.peers import Peers
from playhead.rules import Tier
from support.cassettes import interaction
from support.ruled import FIELDS, chat, ruled

ALL = "ignore: /user\nfallbacks: [defaults, tools, conversation]"


def _body(recorded: Interaction) -> object:
    return json.loads(recorded.request.body)


def _peers(library: Library, name: str) -> list[tuple[str, list[str]]]:
    peers = Peers(library)
    (found,) = (each for each in library.in_scope(None) if each.name == name)
    return [(each.tier.value, [one.name for one in each.interactions]) for each in peers.of(found)]


def test_a_request_of_its_own_has_no_peers() -> None:
    assert _peers(ruled(ALL, chat("a"), chat("b", model="other")), "a#0") == []


def test_without_rules_nobody_has_peers() -> None:
    assert _peers(ruled("", chat("a", user="1"), chat("b", user="2")), "a#0") == []


def test_peers_are_told_from_the_strictest_tier_that_finds_them() -> None:
    library = ruled(ALL, chat("a", user="1"), chat("b", user="2"), chat("c", tools=[{"a": 1}]))
    assert _peers(library, "a#0") == [
        ("rules", ["a#0", "b#0"]),
        ("tools", ["a#0", "b#0", "c#0"]),
    ]
    assert _peers(library, "c#0") == [("tools", ["a#0", "b#0", "c#0"])]


def test_recordings_of_the_same_request_are_no_peers() -> None:
    assert _peers(ruled(ALL, chat("a"), chat("a", 1), chat("b")), "a#1") == []


def test_recordings_of_the_same_request_stand_beside_peers() -> None:
    library = ruled(ALL, chat("a"), chat("a", 1), chat("b", user="1"))
    assert _peers(library, "b#0") == [("rules", ["a#0", "a#1", "b#0"])]
    assert _peers(library, "a#1") == _peers(library, "b#0")


def test_the_exact_path_tells_requests_apart() -> None:
    def at(cassette: str, host: str, seed: str) -> Interaction:
        body = b'{"messages": [1], "user": "%s"}' % seed.encode()
        return interaction(cassette, url=f"{host}/chat/completions", sent=body)

    library = ruled(ALL, at("a", "/v1", "1"), at("b", "/other/v1", "2"))
    assert _peers(library, "a#0") == _peers(library, "b#0") == []


def test_the_rules_of_another_folder_let_its_recordings_answer() -> None:
    library = ruled("", chat("strict/a"), chat("loose/b", user="1"), loose="ignore: /user")
    assert _peers(library, "strict/a#0") == [("rules", ["loose/b#0"])]
    assert _peers(library, "loose/b#0") == []


@given(st.lists(st.tuples(st.sampled_from(["x/a", "x/b", "y/c"]), FIELDS), max_size=8))
def test_peers_are_whatever_the_library_finds_beyond_exact(
    drawn: list[tuple[str, dict[str, object]]],
) -> None:
    recorded = [chat(name, at, **fields) for at, (name, fields) in enumerate(drawn)]
    library = ruled(ALL, *recorded, y="fallbacks: tools")
    peers = Peers(library)
    for one in recorded:
        request = asked("POST", b"/v1/chat/completions", b"", None, one.request.body)
        expected: list[tuple[Tier, tuple[Interaction, ...]]] = []
        for tier, found in library.loose.find(request):
            others = [each for each in found if _body(each) != _body(one)]
            if others and (not expected or expected[-1][1] != tuple(found)):
                expected.append((tier, tuple(found)))
        assert [(each.tier, each.interactions) for each in peers.of(one)] == expected
        exact = library.find(request)
        assert (exact.tier, one in exact.interactions) == (Tier.EXACT, True)
