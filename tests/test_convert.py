"""`playhead convert` and what it makes of recordings: judged by the oracle, not by our reader."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from conftest import EXAMPLES
from support.legal import grouped
from support.oracle import Recorded, recorded
from support.recordings import chat, interaction, write
from support.server import playhead

FORM = "interactions[].request.form: not carried over"


def _converted(*arguments: str | Path, code: int = 0) -> Any:
    done = playhead("convert", *arguments, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def _kept(exchange: Recorded) -> tuple[Any, ...]:
    """What both formats hold; a mapping cannot keep headers of one name apart."""
    return (
        exchange.method,
        exchange.url,
        grouped(exchange.request_headers),
        exchange.request_body,
        exchange.status,
        grouped(exchange.headers),
        exchange.body,
    )


def _by_file(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    found = defaultdict(list)
    for exchange in recorded(folder):
        found[str(exchange.file)].append(_kept(exchange))
    return found


def _files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("chain", [["go-vcr"], ["har"], ["har", "go-vcr", "har"]], ids="-".join)
def test_a_corpus_converted_holds_the_same_exchanges(
    corpus: Path, chain: list[str], tmp_path: Path
) -> None:
    before, folder = _by_file(corpus), corpus
    origin = {file: file for file in before}
    for at, to in enumerate(chain):
        out = tmp_path / str(at)
        outcome = _converted(folder, "--to", to, "--out", out)
        assert outcome["failed"] == []
        steps = {each["source"]: each["file"] for each in outcome["converted"]}
        origin = {steps[file]: source for file, source in origin.items()}
        folder = out
    after = _by_file(folder)
    assert {origin[file]: exchanges for file, exchanges in after.items()} == before


@pytest.mark.parametrize(("to", "ending"), [("go-vcr", "yaml"), ("har", "har")])
def test_files_keep_their_names_and_get_their_ending(to: str, ending: str, tmp_path: Path) -> None:
    done = playhead("convert", EXAMPLES, "--to", to, "--out", tmp_path / "a/b")
    assert done.returncode == 0
    names = [str(file.relative_to(EXAMPLES).with_suffix("")) for file in EXAMPLES.rglob("*.yaml")]
    assert _files(tmp_path / "a/b") == sorted(f"{name}.{ending}" for name in names)
    assert done.stdout.endswith("5 cassettes with 5 interactions converted, 0 failed, 0 skipped\n")


def test_it_says_what_is_lost_and_what_to_look_at(tmp_path: Path) -> None:
    one = interaction(chat("hi"), content_length=99)
    one["request"]["form"] = {"a": ["b"]}
    file = write(tmp_path, "a", one)
    done = playhead("convert", file, "--to", "har", "--out", tmp_path)
    assert done.stdout.splitlines() == [
        f"{file} -> {tmp_path / 'a.har'}",
        f"  lost: {FORM}",
        "  lost: interactions[].response.content_length: not carried over",
        "  note: interactions[0].response.content_length: is 99, but the body has 2 bytes; "
        "edited or re-wrapped?",
        "1 cassette with 1 interaction converted, 0 failed, 0 skipped",
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_broken_is_named_and_the_rest_is_converted(tmp_path: Path) -> None:
    write(tmp_path / "in", "good", interaction(chat("hi")))
    (tmp_path / "in/broken.yaml").write_text(
        "version: 2\ninteractions:\n- request: {method: GET}\n"
    )
    (tmp_path / "in/settings.yaml").write_text("name: value\n")
    done = playhead("convert", tmp_path / "in", "--to", "har", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert f"failed: {tmp_path / 'in/broken.yaml'}:3: " in done.stderr
    assert f"skipped: {tmp_path / 'in/settings.yaml'}: is not a cassette" in done.stdout
    assert _files(tmp_path / "out") == ["good.har"]


def test_what_is_there_is_replaced_only_with_force(tmp_path: Path) -> None:
    source = write(tmp_path, "a", interaction(chat("hi")))
    before = source.read_bytes()
    arguments = (source, "--to", "go-vcr", "--out", tmp_path)
    (failed,) = _converted(*arguments, code=1)["failed"]
    assert failed["reason"] == f"is not written: {source} is there; --force replaces it"
    assert source.read_bytes() == before
    _converted(*arguments, "--force")
    assert source.read_bytes() != before
    assert _files(tmp_path) == ["a.yaml"]


def test_no_other_source_is_replaced_even_with_force(tmp_path: Path) -> None:
    source = write(tmp_path, "a", interaction(chat("hi")))
    _converted(source, "--to", "har", "--out", tmp_path / "other")
    sources = (tmp_path / "other/a.har", source)
    outcome = _converted(*sources, "--to", "go-vcr", "--out", tmp_path, "--force", code=1)
    (failed,) = outcome["failed"]
    assert failed["file"] == str(tmp_path / "other/a.har")
    assert failed["reason"].endswith("a.yaml: is another of the files that are read")


def test_a_folder_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    write(tmp_path / "in", "sub/a", interaction(chat("hi")))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/sub").symlink_to(tmp_path / "elsewhere")
    outcome = _converted(
        tmp_path / "in", "--to", "har", "--out", tmp_path / "out", "--force", code=1
    )
    assert "is a link, which is not followed" in outcome["failed"][0]["reason"]
    assert _files(tmp_path / "elsewhere") == []


@pytest.mark.parametrize(
    "arguments", [["--to", "har"], ["--out", "x"], ["--to", "vcrpy", "--out", "x"]], ids=" ".join
)
def test_what_is_not_said_is_a_usage_error(arguments: list[str]) -> None:
    assert playhead("convert", EXAMPLES, *arguments).returncode == 2


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("", "the name is empty"),
        ("/dev/null", "'/dev/null' is not a folder"),
        ("in/a.yaml", "'in/a.yaml' is not a folder"),
        ("in/../in", "is a folder that is read; name another"),
    ],
)
def test_what_cannot_be_written_into_is_a_usage_error(tmp_path: Path, out: str, said: str) -> None:
    write(tmp_path / "in", "a", interaction(chat("hi")))
    done = playhead("convert", "in", "--to", "har", "--out", out, "--force", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert _files(tmp_path) == ["in/a.yaml"]


def test_what_was_written_inside_a_folder_is_not_read_again(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi")))
    _converted(tmp_path, "--to", "go-vcr", "--out", tmp_path / "out")
    outcome = _converted(tmp_path, "--to", "go-vcr", "--out", tmp_path / "out", "--force")
    assert [each["source"] for each in outcome["converted"]] == [str(tmp_path / "a.yaml")]
    assert [skip["reason"] for skip in outcome["skipped"]] == ["is the folder that is written into"]


def test_who_wrote_a_har_is_not_lost(tmp_path: Path) -> None:
    write(tmp_path / "in", "a", interaction(chat("hi")))
    _converted(tmp_path / "in", "--to", "har", "--out", tmp_path / "out")
    (again,) = _converted(tmp_path / "out", "--to", "go-vcr", "--out", tmp_path)["converted"]
    assert [what for what in again["lost"] if "creator" in what] == []
