"""Legal cassettes of any content: for properties of what writes and reads them."""

from typing import Any

from hypothesis import strategies as st

from playhead.cassette import Cassette, Headers, Interaction, Request, Response

# What YAML, JSON and their readers are known to stumble over, in any order.
_ODD = st.sampled_from([
    "\n", "\n\n", "\r\n", "\r", " ", "  ", "\t", "'", '"', "\\", "#", " #", ": ", "- ", "---",
    "...", "|", ">", "%", "@", "`", "!", "&a", "*a", "<<", "~", "null", "true", "on", "012", "1e3",
    "{", "[",
    "data: x\n\n", "é", "\u0085", "\u2028", "\u2029", "\ufeff", "\ufffe", "\x7f", "\x80",
    "\0", "\x1b",
    "\N{GRINNING FACE}", "\U0010ffff", "\\x80", "\ud7ff",
])  # fmt: skip
odd_texts = st.lists(_ODD | st.text(max_size=3), max_size=8).map("".join)
bodies = (
    odd_texts.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.binary(max_size=40)
    | st.sampled_from([b"\x1f\x8b\x08", b"\xff", b"x\x9c", b"(\xb5/\xfd"])
)

_names = st.sampled_from([
    "Content-Type", "content-type", "X-Id", "Set-Cookie", "on", "null", "Y", "1", "~", "*",
    "|", "!a", "Content-Encoding", "&a", "%", "`", "#", "-", "---", "...", "'", "0x1",
])  # fmt: skip
_values = st.sampled_from(["gzip", "br", "1", "a: b", "a:", "on", "a\tb"]) | st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters=[chr(n) for n in (*range(32), 127)]
    ),
    max_size=8,
)
headers = st.lists(st.tuples(_names, _values), max_size=5)
_words = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=5)
_protocols = st.sampled_from(["", "HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/3.0"])
_times = st.integers(0, 24 * 3600 * 10**9).map(lambda nanoseconds: nanoseconds / 10**9)
_starts = st.sampled_from(["", "2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05+01:00"])
_urls = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="[]"), max_size=9)


@st.composite
def _streams(draw: st.DrawFn) -> dict[str, Any]:
    """A body of events, and when each came."""
    count = draw(st.integers(1, 4))
    offsets = draw(st.lists(_times, min_size=count, max_size=count))
    return {
        "body": b"data: x\n\n" * count,
        "event_offsets": tuple(sorted(offsets)),
    }


def _is_encoded(pairs: Headers) -> bool:
    return any(name.lower() == "content-encoding" for name, _ in pairs)


@st.composite
def interactions(draw: st.DrawFn, id: int = 0) -> Interaction:
    request = Request(
        method=draw(st.sampled_from(["GET", "POST", "NULL", "Y"]).map(str.upper)),
        url=draw(st.sampled_from(["/", "https://a.b/", "http://[::1]:80/"])) + draw(_urls),
        headers=tuple(draw(headers)),
        body=draw(bodies),
        protocol=draw(_protocols),
        started=draw(_starts),
    )
    answered = tuple(draw(headers))
    response: dict[str, Any] = draw(st.fixed_dictionaries({"body": bodies}) | _streams())
    return Interaction(
        cassette="a/b",
        id=id,
        request=request,
        response=Response(
            status=draw(st.integers(200, 599)),
            headers=answered,
            duration=draw(_times),
            complete=draw(st.booleans()),
            reason=draw(_words),
            protocol=draw(_protocols),
            uncompressed=not _is_encoded(answered) and draw(st.booleans()),
            **response,
        ),
    )


@st.composite
def cassettes(draw: st.DrawFn) -> Cassette:
    listed = tuple(draw(interactions(id=at)) for at in range(draw(st.integers(0, 3))))
    return Cassette(name="a/b", file="a/b", format="any", interactions=listed)


def grouped(pairs: Headers) -> Headers:
    """Headers as a mapping of names to lists holds them."""
    names = list(dict.fromkeys(name for name, _ in pairs))
    return tuple((name, value) for wanted in names for name, value in pairs if name == wanted)
