from playhead.lint import lint
from support.cassettes import interaction, library
from support.ruled import chat, ruled


def test_a_clean_library_has_no_findings() -> None:
    found = lint(library(interaction()))
    assert (found.secrets, found.ties, found.sequences, found.merged, found.idle) == (
        [], [], [], [], [],
    )  # fmt: skip
    assert found.unsure == []


def test_every_kind_of_finding_is_told() -> None:
    leak = interaction("leak", headers=(("Set-Cookie", "sid=1"),), sent=b"{}")
    found = lint(
        ruled(
            "ignore: [/user, /nowhere]",
            *(chat("a"), chat("b"), chat("c", user="x"), chat("twice", 0, seed=1)),
            *(chat("twice", 1, seed=1), leak),
        )
    )
    assert [each.interaction for each in found.secrets] == ["leak#0"]
    assert [each.cassettes for each in found.ties] == [["a", "b"]]
    assert [each.cassettes for each in found.merged] == [["a", "b", "c"]]
    assert [each.cassettes for each in found.sequences] == [["twice"]]
    assert [each.stated.text for each in found.idle] == ["/nowhere"]
    assert found.unsure == [*found.ties, *found.merged]


def test_requests_with_one_answer_leave_nobody_unsure() -> None:
    found = lint(
        ruled(
            "ignore: /user", *(chat(name, answer="same", user=name[0]) for name in ("a", "a2", "b"))
        )
    )
    assert len(found.ties) == len(found.merged) == 1
    assert found.unsure == []
