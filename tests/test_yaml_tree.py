import contextlib
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from playhead.errors import CassetteError
from playhead.formats import yaml_tree

DEADLINE_SECONDS = 30
DOCUMENT = b"""---
a: 1
b:
  - x
  - "y z": {c: '3'}
"""


def _fault(raw: bytes) -> CassetteError:
    with pytest.raises(CassetteError) as caught:
        yaml_tree.load(raw)
    return caught.value


def test_scalars_stay_text() -> None:
    text = b"[on, 012, 12:30:45, 2024-13-45, ~, 1.0, '', =]"
    assert yaml_tree.load(text) == ["on", "012", "12:30:45", "2024-13-45", "~", "1.0", "", "="]


def test_mappings_and_lists_keep_their_order() -> None:
    loaded = yaml_tree.load(DOCUMENT)
    assert loaded == {"a": "1", "b": ["x", {"y z": {"c": "3"}}]}


def test_a_missing_value_is_empty_text() -> None:
    assert yaml_tree.load(b"a:\nb: 1\n") == {"a": "", "b": "1"}


@pytest.mark.parametrize("raw", [b"", b"\n", b"# only a comment\n"])
def test_an_empty_file_is_empty_text(raw: bytes) -> None:
    assert yaml_tree.load(raw) == ""


@pytest.mark.parametrize("tag", [b"!!binary", b"!binary"])
def test_binary_scalars_are_decoded(tag: bytes) -> None:
    assert yaml_tree.load(b"a: %s |\n  iVBO\n  Rw0K\n" % tag) == {"a": b"\x89PNG\r\n"}


@pytest.mark.parametrize("value", [b"iVBORw0", b"a*b=", "é".encode(), b"===="])
def test_a_broken_binary_scalar_is_an_error_with_its_line(value: bytes) -> None:
    error = _fault(b"a: 1\nb: !!binary " + value)
    assert error.reason.startswith("has a broken !!binary value")
    assert error.line == 2


@pytest.mark.parametrize("tag", [b"!!python/object/apply:os.getcwd", b"!!int", b"!mine", b"!<x:y>"])
def test_an_unknown_tag_is_never_constructed(tag: bytes) -> None:
    assert yaml_tree.load(b"a: %s 'text'" % tag) == {"a": "text"}


def test_a_byte_order_mark_is_no_text() -> None:
    assert yaml_tree.load(b"\xef\xbb\xbfa: 1") == {"a": "1"}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_named(encoding: str) -> None:
    assert _fault("\ufeffa: 1".encode(encoding)).reason == "is UTF-16, not UTF-8"


@pytest.mark.parametrize("raw", [b"a: 1\nb: \xff\n", b"a: 1\nb: \x00\n", b"a: 1\nb: \xe2\x82"])
def test_what_is_no_text_is_an_error_with_its_line(raw: bytes) -> None:
    error = _fault(raw)
    assert error.reason.startswith("is not UTF-8 text")
    assert error.line == 2


def test_a_tag_that_is_not_utf8_is_an_error() -> None:
    assert _fault(b"a: !%ED%A0%80 b").reason == "is not valid YAML: a tag is not UTF-8 text"


@pytest.mark.parametrize(
    "raw", [b"a: 1\nb: [", b"a: 1\n  b: 2\n", b"a: 1\n\tb: 2\n", b'a: 1\nb: "']
)
def test_broken_yaml_is_an_error_with_its_line(raw: bytes) -> None:
    error = _fault(raw)
    assert error.reason.startswith("is not valid YAML")
    assert error.line in {2, 3}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"a: &x 1\nb: *x\n", "uses the YAML alias *x"),
        (b"a: &x {b: 1}\n<<: {c: 1}\n", "uses a YAML merge key"),
        (b"a: 1\na: 2\n", "has the key 'a' twice"),
        (b"a: 1\n? [b]\n: 2\n", "has a mapping key that is not text"),
        (b"---\n---\nb: 2\n", "holds several YAML documents"),
    ],
)
def test_what_no_recorder_writes_is_unusual_yaml(raw: bytes, reason: str) -> None:
    error = _fault(raw)
    assert isinstance(error, yaml_tree.UnusualYaml)
    assert (error.reason, error.line) == (reason, 2)


def test_a_quoted_merge_key_is_only_a_key() -> None:
    assert yaml_tree.load(b"'<<': 1") == {"<<": "1"}


def test_an_anchor_nobody_refers_to_does_no_harm() -> None:
    assert yaml_tree.load(b"a: &x 1\nb: &x 2") == {"a": "1", "b": "2"}


def test_nesting_is_read_to_its_limit() -> None:
    deepest = b"[" * yaml_tree.MAX_DEPTH + b"]" * yaml_tree.MAX_DEPTH
    assert isinstance(yaml_tree.load(deepest), list)


def test_nesting_past_the_limit_is_an_error() -> None:
    deeper = b"[" * (yaml_tree.MAX_DEPTH + 1) + b"]" * (yaml_tree.MAX_DEPTH + 1)
    assert _fault(b"\n" + deeper).reason == "is nested more than 64 deep"


BLOCKS = b"".join(b" " * at + b"a:\n" for at in range(3_000))
ALIASES = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [*%c, *%c]\n" % (at, at, at - 1, at - 1) for at in range(98, 112)
)
MERGES = b"a: &a {x: 1}\n" + b"".join(
    b"%c: &%c {<<: [*%c, *%c]}\n" % (at, at, at - 1, at - 1) for at in range(98, 112)
)


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" * 200_000,
        b"{" * 200_000,
        b"- " * 100_000,
        b"? " * 100_000,
        b"{a: " * 100_000,
        BLOCKS,
        ALIASES,
        MERGES,
    ],
    ids=["[", "{", "- ", "? ", "{a: ", "blocks", "aliases", "merges"],
)
def test_a_bomb_is_an_error_and_neither_a_crash_nor_a_hang(bomb: bytes) -> None:
    code = (
        "import sys\n"
        "from playhead.errors import CassetteError\n"
        "from playhead.formats import yaml_tree\n"
        "try:\n"
        "    yaml_tree.load(sys.stdin.buffer.read())\n"
        "except CassetteError as error:\n"
        "    print('refused:', error.reason)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=bomb,
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.stdout.startswith(b"refused: "), done


@given(raw=st.binary() | st.text(alphabet='ab:-[]{}"\\x! \n&*<|>%?').map(str.encode))
def test_any_bytes_are_a_tree_or_an_error(raw: bytes) -> None:
    with contextlib.suppress(CassetteError):
        assert isinstance(yaml_tree.load(raw), str | bytes | list | dict)


@given(
    value=st.recursive(
        st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"])) | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="ab<=~1 ,'\n"), inner),
        max_leaves=8,
    )
)
def test_what_was_written_is_read_back(value: object) -> None:
    assert yaml_tree.load(yaml.safe_dump(value).encode()) == value


@pytest.mark.parametrize("text", ["0x_", "9" * 5_000])
def test_a_number_that_python_does_not_read_stays_text(text: str) -> None:
    assert yaml_tree.load(f"a: {text}".encode(), typed=True) == {"a": text}


@pytest.mark.parametrize("key", ["[a, b]", "[[a]]", "{a: b}"])
def test_a_key_that_python_tagged_and_that_is_not_one_text_is_an_error(key: str) -> None:
    with pytest.raises(yaml_tree.UnusualYaml, match="a mapping key that is not text"):
        yaml_tree.load(f"? !!python/object/apply:x {key}\n: 1\n".encode())


@pytest.mark.parametrize("null", ["null", "~", "Null", "NULL"])
def test_a_plain_null_is_no_text(null: str) -> None:
    raw = f"a: {null}\nb: '{null}'\n".encode()
    assert yaml_tree.load(raw) == {"a": None, "b": null}
