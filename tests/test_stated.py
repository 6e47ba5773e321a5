from playhead.pointer import pointer
from playhead.rules import FALLBACKS, REDACTED, Replacement, Rules, Tier
from playhead.stated import Stated, by_flags
from support.ruled import configuration

FILE = """\
ignore:
- /user
- /metadata
replace: {pattern: a+, with: b}
redact:
- secret
- pattern: other
  with: gone
ids: renamed
fallbacks: [conversation, tools]
"""


def test_a_rule_of_a_file_says_where_it_stands() -> None:
    found = [(each.name, each.text, each.place) for each in configuration(FILE, "a/b.yaml").stated]
    assert found == [
        ("ignore", "/user", "a/b.yaml:2"),
        ("ignore", "/metadata", "a/b.yaml:3"),
        ("replace", "a+", "a/b.yaml:4"),
        ("redact", "…", "a/b.yaml:6"),
        ("redact", "…", "a/b.yaml:7"),
        ("ids", "renamed", "a/b.yaml:9"),
        ("fallbacks", "tools", "a/b.yaml:10"),
        ("fallbacks", "conversation", "a/b.yaml:10"),
    ]


def test_every_rule_of_a_file_is_stated() -> None:
    said = configuration(FILE)
    assert said.rules.ignore == tuple(each.rule for each in said.stated if each.name == "ignore")
    assert said.rules.replace == tuple(each.rule for each in said.stated[2:5])
    assert said.rules.fallbacks == tuple(each.rule for each in said.stated[6:])


def test_a_file_below_takes_back_what_it_states_otherwise() -> None:
    from playhead.formats import playhead_yaml

    above = configuration(FILE, "above.yaml")
    below = playhead_yaml.read(b"ids: exact\nfallbacks: defaults", file="b", above=above)
    assert [each.place for each in below.stated] == [
        *(each.place for each in above.stated[:5]), "b:2",
    ]  # fmt: skip


def test_a_rule_made_by_a_flag_says_which() -> None:
    rules = Rules(
        ignore=(pointer("/a"),),
        replace=(Replacement("a", "b"), Replacement("c", REDACTED)),
        ids_renamed=True,
        fallbacks=FALLBACKS,
    )
    found = by_flags(rules)
    assert [each.place for each in found] == [
        "--ignore", "--replace", "--redact", "--ids", *["--fallback"] * 3,
    ]  # fmt: skip
    assert [each.rule for each in found[4:]] == list(FALLBACKS)
    assert by_flags(Rules()) == ()


def test_a_rule_is_told_with_its_place_and_a_redacted_pattern_is_not_quoted() -> None:
    loose = Stated(name="fallbacks", rule=Tier.TOOLS, place="--fallback")
    secret = Stated(name="redact", rule=Replacement("hunter2", REDACTED), place="p.yaml:3")
    assert str(loose) == "`fallbacks: tools` (--fallback)"
    assert str(secret) == "`redact: …` (p.yaml:3)"
