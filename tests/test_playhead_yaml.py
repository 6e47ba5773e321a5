import contextlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.configuration import NOTHING, Configuration
from playhead.errors import CassetteError
from playhead.formats.playhead_yaml import read
from playhead.pointer import pointer
from playhead.rules import REDACTED, Replacement, Rules, Tier


def _read(text: str, above: Configuration = NOTHING) -> Rules:
    return read(text.encode(), file="playhead.yaml", above=above).rules


def _error(text: str) -> str:
    with pytest.raises(CassetteError) as caught:
        _read(text)
    return f"{caught.value.line}: {caught.value.reason}"


WHOLE = """\
ignore: [/user, /messages/*/name]
replace:
  - {pattern: '\\d{4}-\\d\\d-\\d\\d', with: DATE}
redact:
  - sk-[a-z]+
  - pattern: Bearer .*
    with: <TOKEN>
ids: renamed
fallbacks: [conversation, defaults]
"""


def test_every_field_is_read() -> None:
    assert _read(WHOLE) == Rules(
        ignore=(pointer("/user"), pointer("/messages/*/name")),
        replace=(
            Replacement(r"\d{4}-\d\d-\d\d", "DATE"),
            Replacement("sk-[a-z]+", REDACTED),
            Replacement("Bearer .*", "<TOKEN>"),
        ),
        ids_renamed=True,
        fallbacks=(Tier.DEFAULTS, Tier.CONVERSATION),
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}", "---\n"])
def test_a_file_may_say_nothing(text: str) -> None:
    above = Configuration(rules=Rules(ids_renamed=True))
    assert _read(text, above) is above.rules


@pytest.mark.parametrize(
    "text", ["ignore:", "ignore: ~", "ignore: []", "fallbacks:\n", "redact: ''"]
)
def test_a_field_may_say_nothing(text: str) -> None:
    assert _read(text) == Rules()


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("ignore: /user", Rules(ignore=(pointer("/user"),))),
        ("fallbacks: tools", Rules(fallbacks=(Tier.TOOLS,))),
        ("redact: a+", Rules(replace=(Replacement("a+", REDACTED),))),
        ("redact: {pattern: a+}", Rules(replace=(Replacement("a+", REDACTED),))),
        ("replace: {pattern: a, with: 012}", Rules(replace=(Replacement("a", "012"),))),
    ],
)
def test_one_value_alone_is_a_list_of_it(text: str, rules: Rules) -> None:
    assert _read(text) == rules


def test_lists_are_added_to_those_from_above_and_all_else_takes_their_place() -> None:
    above = Configuration(rules=_read(WHOLE))
    assert _read("ignore: /seed\nredact: b", above).ignore == (
        *above.rules.ignore,
        pointer("/seed"),
    )
    assert _read("redact: b", above).replace == (*above.rules.replace, Replacement("b", REDACTED))
    assert not _read("ids: exact", above).ids_renamed
    assert _read("fallbacks: []", above).fallbacks == ()
    assert _read("fallbacks: tools", above).fallbacks == (Tier.TOOLS,)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("ignores: /a", "1: ignores: is not known; known are ignore, replace, redact, ids, fall"),
        ("- ignore", "1: is no mapping of names to values"),
        ("ignore", "1: is no mapping of names to values"),
        ("# one\nignore: user", "2: ignore: 'user' does not begin with a slash"),
        ("ignore:\n- /a\n- /b~", "3: ignore[1]: '/b~' has a ~"),
        ("ignore: [[/a]]", "1: ignore[0]: is no text"),
        ("ignore: {a: b}", "1: ignore: is no text"),
        ("ids: rename", "1: ids: is neither exact nor renamed"),
        ("ids: [renamed]", "1: ids: is no text"),
        ("ids:", "1: ids: is neither exact nor renamed"),
        ("fallbacks: [tools, all]",
         "1: fallbacks[1]: is no fallback; there are defaults, tools, conversation"),
        ("fallbacks: [{a: b}]", "1: fallbacks[0]: is no text"),
        ("replace: a", "1: replace: is no mapping with pattern and with only"),
        ("replace: {pattern: a}", "1: replace: needs a pattern, and the text"),
        ("replace: {with: a}", "1: replace: needs a pattern, and the text"),
        ("redact: {with: a}", "1: redact: needs a pattern, and the text"),
        ("replace: {pattern: a, with: b, flags: i}", "1: replace: is no mapping with"),
        ("replace:\n- pattern: a\n  with: [b]", "3: replace[0].with: is no text"),
        ("redact:\n- (", "2: redact[0]: '(' is no RE2 pattern: missing )"),
        ("ids: renamed\nids: exact", "2: "),
        ("ids: [", "2: is not valid YAML"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_with_its_line(text: str, error: str) -> None:
    assert _error(text).startswith(error)


def test_a_pattern_without_google_re2_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['re2'] = None\n"
        "from playhead.configuration import NOTHING\n"
        "from playhead.formats.playhead_yaml import read\n"
        "print(read(b'ids: renamed', file='', above=NOTHING).rules.ids_renamed)\n"
        "read(b'redact: a', file='', above=NOTHING)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "True\n"
    assert "redact: needs the package google-re2: pip install google-re2" in done.stderr


@given(raw=st.binary())
def test_any_bytes_are_a_configuration_or_say_why_not(raw: bytes) -> None:
    with contextlib.suppress(CassetteError):
        read(raw, file="playhead.yaml", above=NOTHING)
