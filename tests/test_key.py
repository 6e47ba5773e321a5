import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import key
from playhead.dialects import route
from support.values import changed, meaning, respelled, values

CHAT = route("/v1/chat/completions")


@given(value=values, random=st.randoms(use_true_random=False))
def test_a_key_is_blind_to_how_a_client_spells_its_json(value: Any, random: Random) -> None:
    spelled = respelled(value, random).encode()
    assert key.canonical(spelled) == key.canonical(json.dumps(value).encode())


@given(body=st.binary() | values.map(json.dumps).map(str.encode))
def test_a_canonical_body_is_its_own_canonical_form(body: bytes) -> None:
    canonical = key.canonical(body)
    assert key.canonical(canonical) == canonical


@given(data=st.data(), before=values)
def test_a_single_change_changes_the_key_unless_a_rule_says_otherwise(
    data: st.DataObject, before: Any
) -> None:
    after = data.draw(changed(before))
    same = meaning(before) == meaning(after)
    one, other = (json.dumps(value).encode() for value in (before, after))
    assert (key.digest("POST", CHAT, one) == key.digest("POST", CHAT, other)) is same


@given(one=values, other=values)
def test_two_values_share_a_canonical_form_only_if_they_mean_the_same(one: Any, other: Any) -> None:
    spelled = [key.canonical(json.dumps(value).encode()) for value in (one, other)]
    assert (spelled[0] == spelled[1]) is (meaning(one) == meaning(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"a":1,"b":2}', b'{ "b" : 2,\n"a" : 1 }\n'),
        (b'{"a":"<b>"}', b'{"a":"\\u003cb\\u003e"}'),
        (b'{"t":1.0}', b'{"t":1}'),
        (b'{"t":-0.0}', b'{"t":0}'),
        (b'{"t":1e3}', b'{"t":1000}'),
        (b'{"t":1e25}', b'{"t":10000000000000000905969664}'),
        (b'{"m":1,"stream":false}', b'{"m":1}'),
        (b'{"a":"x\\r\\ny"}', b'{"a":"x\\ny"}'),
        (b'{"a":"\\ud800"}', b'{ "a":"\\uD800" }'),
    ],
)
def test_these_bodies_are_one_request(one: bytes, other: bytes) -> None:
    assert key.canonical(one) == key.canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"t":1}', b'{"t":true}'),
        (b'{"t":1}', b'{"t":"1"}'),
        (b'{"t":0.1}', b'{"t":0.10000001}'),
        (b'{"t":18446744073709551616}', b'{"t":18446744073709551617}'),
        (b'{"stream":true}', b"{}"),
        (b'{"stream":null}', b"{}"),
        (b'{"stream":0}', b"{}"),
        (b'{"a":{"stream":false}}', b'{"a":{}}'),
        (b'{"a":"x\\ry"}', b'{"a":"x\\ny"}'),
        (b"[1,2]", b"[2,1]"),
        (b"null", b""),
    ],
)
def test_these_bodies_are_two_requests(one: bytes, other: bytes) -> None:
    assert key.canonical(one) != key.canonical(other)


def test_what_is_not_json_is_compared_byte_for_byte() -> None:
    assert key.canonical(b"\x89 not json\r\n") == b"\x89 not json\r\n"


def test_json_deeper_than_orjson_writes_is_compared_byte_for_byte() -> None:
    deep = b"[" * 300 + b" ]" * 300
    assert key.canonical(deep) == deep


@pytest.mark.parametrize("body", [b'{"a":NaN}', b'{"a":1e999}'])
def test_a_number_that_is_not_finite_is_compared_byte_for_byte(body: bytes) -> None:
    assert key.canonical(body) == body


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[" * 5_000 + b"]" * 5_000, b"9" * 5_000])
def test_json_beyond_what_python_reads_is_compared_byte_for_byte(body: bytes) -> None:
    assert key.canonical(body) == body


def test_json_that_is_nested_too_deeply_is_no_json_to_a_reader() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        key.parse(b"[" * 50_000 + b"]" * 50_000)


def test_a_parsed_body_has_no_stream_that_is_off() -> None:
    assert key.parse(b'{"a":1.0,"stream":false}') == {"a": 1}


def _form(boundary: str, *parts: tuple[str, str], end: str = "\r\n") -> bytes:
    lines = []
    for name, content in parts:
        head = f'Content-Disposition: form-data; name="{name}"'
        lines += [f"--{boundary}", head, "", content]
    return end.join([*lines, f"--{boundary}--", ""]).encode()


def test_the_boundary_of_a_form_does_not_count() -> None:
    one, other = (_form(name, ("file", "abc"), ("model", "w")) for name in ("f00", "-ba-r"))
    assert key.canonical(one) == key.canonical(other)


def test_the_order_of_a_forms_parts_does_not_count() -> None:
    one = _form("x", ("file", "abc"), ("model", "w"))
    assert key.canonical(one) == key.canonical(_form("x", ("model", "w"), ("file", "abc")))


def test_the_line_ends_of_a_form_do_not_count() -> None:
    assert key.canonical(_form("x", ("a", "b"))) == key.canonical(_form("x", ("a", "b"), end="\n"))


def test_the_content_of_a_forms_parts_counts() -> None:
    assert key.canonical(_form("x", ("a", "b"))) != key.canonical(_form("x", ("a", "c")))


def test_the_name_of_a_forms_part_counts() -> None:
    assert key.canonical(_form("x", ("a", "b"))) != key.canonical(_form("x", ("c", "b")))


@pytest.mark.parametrize("body", [b"--x", b"--x\r\n", b"--x\r\nno end", b"--x\r\n--y--\r\n"])
def test_a_form_that_does_not_end_is_compared_byte_for_byte(body: bytes) -> None:
    assert key.canonical(body) == body


def test_a_part_without_a_name_is_compared_too() -> None:
    one, other = (b"--x\r\nA: b\r\n\r\n%s\r\n--x--\r\n" % content for content in (b"1", b"2"))
    assert key.canonical(one) != key.canonical(other)


def test_the_method_counts() -> None:
    assert key.digest("POST", CHAT, b"") != key.digest("PUT", CHAT, b"")


def test_the_operation_counts() -> None:
    assert key.digest("POST", CHAT, b"{}") != key.digest("POST", route("/v1/responses"), b"{}")


def test_the_model_in_a_path_counts() -> None:
    flash, pro = (route(f"/v1beta/models/{name}:generateContent") for name in ("flash", "pro"))
    assert key.digest("POST", flash, b"{}") != key.digest("POST", pro, b"{}")


def test_the_prefix_of_an_operation_does_not_count() -> None:
    other = route("/openai/deployments/mine/chat/completions")
    assert key.digest("POST", CHAT, b"{}") == key.digest("POST", other, b"{}")


def test_a_path_that_is_not_utf8_has_a_key() -> None:
    assert len(key.digest("GET", route("/v1/%ff"), b"")) == 32


def test_the_tests_own_spelling_of_the_rules_knows_that_stream_false_is_nothing() -> None:
    """Drawn examples hold it only now and then, so it is shown once for certain."""
    assert meaning({"stream": False}) == meaning({}) != meaning({"stream": True})
