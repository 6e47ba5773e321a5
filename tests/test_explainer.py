from playhead.asked import asked
from playhead.errors import Code, Refusal
from playhead.explainer import Explainer
from support.cassettes import interaction, library


def test_a_miss_begins_with_its_reason_and_the_methods_that_are_recorded() -> None:
    served = library(interaction(method="PUT"))
    request = asked("POST", b"/v1/chat/completions", b"", None, b"")
    refusal = Refusal(Code.UNKNOWN_OPERATION, "nothing is recorded for")
    miss = Explainer(served, lambda: 0.0).begun(request, refusal)
    assert (miss.refusal, miss.methods, miss.nearest) == (refusal, ("PUT",), None)


def test_only_a_body_that_differs_has_a_nearest() -> None:
    served = library(interaction("a", sent=b"{}"), interaction("b", sent=b"[]"))
    explainer = Explainer(served, lambda: 0.0)
    request = asked("POST", b"/v1/chat/completions", b"", b"b", b"{}")
    for code, nearest in ((Code.BODY_DIFFERS, "b#0"), (Code.UNKNOWN_CASSETTE, None)):
        miss = explainer.explained(explainer.begun(request, Refusal(code, "differs")))
        assert miss.outside == ("a#0",)
        assert (miss.nearest and miss.nearest.interaction.name) == nearest


def test_what_was_not_learnt_in_time_is_learnt_between_searches() -> None:
    served = library(*(interaction("x", at, sent=b"[%d]" % at) for at in range(9)))
    explainer = Explainer(served, lambda: 0.0)
    request = asked("POST", b"/v1/chat/completions", b"", None, b"[99]")
    begun = explainer.begun(request, Refusal(Code.BODY_DIFFERS, "differs"))
    assert not explainer.explained(begun, deadline=-1.0).found.complete
    assert not explainer.grow(1.0)
    assert explainer.explained(begun).found.complete
