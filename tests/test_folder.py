import gc
import gzip
import json
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playhead import folder
from playhead.configuration import Configuration
from playhead.files import MAX_BYTES
from playhead.folder import Shelf
from playhead.pointer import pointer
from playhead.rules import Rules
from playhead.walk import Skip
from support.cassettes import go_vcr, recorded, write
from support.privileges import give_up_privileges, place_for_anybody

DEADLINE_SECONDS = 60
GOOD = go_vcr(recorded())
EXAMPLES = Path(__file__).parent.parent / "cassettes"


def _names(shelf: Shelf) -> list[str]:
    return [cassette.name for cassette in shelf.cassettes]


def _only_skip(shelf: Shelf) -> Skip:
    (skip,) = shelf.skipped
    return skip


def _files(shelf: Shelf) -> list[str]:
    files = [cassette.file for cassette in shelf.cassettes]
    return sorted(Path(file).name for file in [*files, *(skip.file for skip in shelf.skipped)])


def test_a_cassette_is_named_by_its_path_below_the_folder(tmp_path: Path) -> None:
    for name in ("b.yaml", "a/x.yml", "a/c/gpt-4.1@x.yaml", "d.v2.yaml.gz"):
        write(tmp_path / name)
    (tmp_path / "d.v2.yaml.gz").write_bytes(gzip.compress(GOOD))
    assert _names(folder.load([tmp_path])) == ["a/c/gpt-4.1@x", "a/x", "b", "d.v2"]


def test_a_cassette_knows_its_file(tmp_path: Path) -> None:
    file = write(tmp_path / "a" / "b.yaml")
    (cassette,) = folder.load([tmp_path]).cassettes
    assert cassette.file == str(file)


def test_a_single_file_can_be_named(tmp_path: Path) -> None:
    file = write(tmp_path / "a" / "b.yaml")
    assert _names(folder.load([file])) == ["b"]


def test_several_folders_make_one_shelf(tmp_path: Path) -> None:
    write(tmp_path / "one" / "z.yaml")
    write(tmp_path / "two" / "a.yaml")
    assert _names(folder.load([tmp_path / "one", tmp_path / "two"])) == ["a", "z"]


def test_an_empty_folder_is_an_empty_shelf(tmp_path: Path) -> None:
    shelf = folder.load([tmp_path])
    assert (shelf.present, shelf.interactions) == (0, 0)


def test_what_does_not_look_like_a_cassette_is_not_present(tmp_path: Path) -> None:
    for name in ("README.md", "x.yaml.bak", "yaml", "x.gz"):
        (tmp_path / name).write_bytes(GOOD)
    assert folder.load([tmp_path]).present == 0


def test_an_ending_may_be_written_large(tmp_path: Path) -> None:
    write(tmp_path / "x.YAML")
    assert [cassette.name for cassette in folder.load([tmp_path]).cassettes] == ["x"]


def test_the_second_of_two_files_of_one_name_keeps_its_ending(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml")
    write(tmp_path / "a.yml")
    assert _names(folder.load([tmp_path])) == ["a", "a.yml"]


def test_a_third_file_of_one_name_is_skipped(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        write(tmp_path / name / "a.yaml")
    shelf = folder.load([tmp_path / "one", tmp_path / "two", tmp_path / "three"])
    first_of_the_name = tmp_path / "two" / "a.yaml"
    assert _only_skip(shelf) == Skip(
        file=str(tmp_path / "three" / "a.yaml"),
        reason=f"has the name of {first_of_the_name}; serve the folder above both",
    )


def test_a_path_that_does_not_exist_is_a_skip(tmp_path: Path) -> None:
    skip = _only_skip(folder.load([tmp_path / "gone.yaml"]))
    assert skip.reason == "cannot be read: No such file or directory"


def test_a_name_that_no_file_can_have_is_a_skip() -> None:
    skip = _only_skip(folder.load([Path("a\0b.yaml")]))
    assert skip.reason.startswith("cannot be read: embedded null")


def test_a_skip_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"version: 2\ninteractions:\n- request: 5\n")
    skip = _only_skip(folder.load([tmp_path]))
    reason = "interactions[0].request: is missing or no mapping; the file may be cut short"
    assert str(skip) == f"{file}:3: {reason}"


def test_a_skip_without_a_line_is_told_without_one() -> None:
    assert str(Skip(file="a", reason="is odd")) == "a: is odd"


def test_the_shelf_counts_interactions(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", recorded(), recorded())
    write(tmp_path / "b.yaml")
    assert folder.load([tmp_path]).interactions == 3


def test_only_what_a_person_must_mend_is_broken(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes(b"a: 1\n")
    (tmp_path / "cut.yaml").write_bytes(GOOD[:-40])
    broken = folder.load([tmp_path]).broken
    assert [Path(skip.file).name for skip in broken] == ["cut.yaml"]


@pytest.mark.parametrize("on", [True, False])
def test_the_garbage_collector_is_left_as_it_was(tmp_path: Path, on: bool) -> None:  # noqa: FBT001
    was_on = gc.isenabled()
    (gc.enable if on else gc.disable)()
    try:
        folder.load([tmp_path])
        assert gc.isenabled() is on
    finally:
        (gc.enable if was_on else gc.disable)()


KUBERNETES = b"""apiVersion: v1
kind: Service
metadata: &names {name: x}
---
apiVersion: v1
kind: Deployment
metadata: *names
"""
COMPOSE = b"""x-common: &common
  restart: always
services:
  web:
    <<: *common
    image: web
"""

BROKEN = {
    "duplicate keys": (GOOD + b"interactions: []\n", "has the key 'interactions' twice"),
    "duplicate keys inside": (GOOD + b"    code: 200\n", "has the key 'code' twice"),
    "an alias": (GOOD + b"a: &a 1\nb: *a\n", "uses the YAML alias *a"),
    "a merge key": (GOOD + b"<<: {a: 1}\n", "uses a YAML merge key"),
    "a NUL": (GOOD.replace(b"gpt-4o", b"gpt\x00o"), "is not UTF-8 text: control characters"),
    "not UTF-8": (GOOD.replace(b"gpt-4o", b"gpt\xff"), "is not UTF-8 text"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "is UTF-16, not UTF-8"),
    "UTF-16 without a mark": (GOOD.decode().encode("utf-16-le"), "is not UTF-8 text"),
    "two documents": (GOOD + GOOD, "holds several YAML documents"),
    "a cut": (GOOD[:-20], "is missing; the file may be cut short"),
    "a cut in its headers": (GOOD[: len(GOOD) // 2], "may be cut short"),
    "an anchor twice": (
        GOOD.replace(b"request:", b"request: &a").replace(b"response:", b"response: &a")[:-20],
        "is missing; the file may be cut short",
    ),
    "a tab": (GOOD.replace(b"  request", b"\trequest", 1), "is not valid YAML"),
    "a broken body": (GOOD.replace(b"body: '{\"ok", b"body: !!binary '*{\"ok"), "broken !!binary"),
    "a python tag": (
        GOOD.replace(b"code: 200", b"code: !!python/object/apply:os.getpid []"),
        "[] is not a status",
    ),
    "a huge duration": (GOOD.replace(b"1.5s", b"9" * 5_000), "is not a duration"),
    "a status of 0": (GOOD.replace(b"code: 200", b"code: 0"), "'0' is not a status"),
    "a URL of no host": (GOOD.replace(b"https://api.openai.com", b"http://["), "Invalid IPv6 URL"),
    "a list": (b"interactions: [1]\nversion: 2\n", "interactions[0]: is not a mapping"),
    "version 3": (GOOD.replace(b"version: 2", b"version: 3"), "of version '3', which is not read"),
}
NO_CASSETTES = {
    "an empty file": (b"", "has no interactions"),
    "a kubernetes file": (KUBERNETES, "holds several YAML documents"),
    "a compose file": (COMPOSE, "uses a YAML merge key"),
    "some configuration": (b"linters:\n  enable: [a, b]\n", "has no interactions"),
    "a list of words": (b"- a\n- b\n", "has no interactions"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_named_with_its_reason_and_hides_no_other(
    tmp_path: Path, kind: str
) -> None:
    content, reason = BROKEN[kind]
    for name in ("a.yaml", "z.yaml", "m/m.yaml"):
        write(tmp_path / name)
    (tmp_path / "m" / "x.yaml").write_bytes(content)
    shelf = folder.load([tmp_path])
    skip = _only_skip(shelf)
    assert (_names(shelf), skip.broken) == (["a", "m/m", "z"], True)
    assert skip.file == str(tmp_path / "m" / "x.yaml")
    assert reason in skip.reason


@pytest.mark.parametrize("kind", NO_CASSETTES)
def test_a_file_that_is_no_cassette_is_skipped_and_not_called_broken(
    tmp_path: Path, kind: str
) -> None:
    content, reason = NO_CASSETTES[kind]
    (tmp_path / "x.yaml").write_bytes(content)
    skip = _only_skip(folder.load([tmp_path]))
    assert not skip.broken
    assert reason in skip.reason


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"version: 2", b"version: !!int '2'"),
        GOOD.replace(b"code: 200", b"code: !!python/name:os.system '200'"),
        GOOD.replace(b"code: 200", b"code: &a 200"),
        GOOD.replace(b"content_length: 11", b"content_length: " + b"9" * 5_000),
        GOOD + b"...\n",
        b"version: 2\ninteractions: []\n",
        json.dumps({"version": 2, "interactions": [recorded()]}).encode(),
    ],
    ids=["BOM", "CRLF", "tag", "python tag", "anchor", "length", "end", "empty", "JSON"],
)
def test_an_odd_but_whole_cassette_is_served(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.yaml").write_bytes(content)
    assert folder.load([tmp_path]).skipped == ()


def test_a_length_of_thousands_of_digits_is_noted(tmp_path: Path) -> None:
    content = GOOD.replace(b"content_length: 11", b"content_length: " + b"9" * 5_000)
    (tmp_path / "x.yaml").write_bytes(content)
    assert "the body has 11 bytes" in folder.load([tmp_path]).cassettes[0].notes[0]


@pytest.mark.parametrize("name", ["a.json", "a.har", "a.yaml"])
@pytest.mark.parametrize("content", [b"{}", b"[1]", b'{"log": "x"}', b'"interactions"'])
def test_json_that_is_no_recording_is_a_quiet_skip(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    skip = _only_skip(folder.load([tmp_path]))
    assert (skip.reason, skip.broken) == ("is not a cassette: it has no interactions", False)


@pytest.mark.parametrize("name", ["a.json", "a.har", "a.json.gz", "a.har.gz"])
def test_a_recording_in_json_is_served(tmp_path: Path, name: str) -> None:
    content = b'{"log": {"entries": []}}'
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert _names(folder.load([tmp_path])) == ["a"]


def test_a_folder_with_the_name_of_a_cassette_is_told_and_walked(tmp_path: Path) -> None:
    write(tmp_path / "x.yaml" / "in.yaml")
    shelf = folder.load([tmp_path])
    assert _names(shelf) == ["x.yaml/in"]
    assert _only_skip(shelf).reason == "is a folder, not a file; what it holds is served"


def test_a_hidden_folder_is_skipped_whole(tmp_path: Path) -> None:
    write(tmp_path / ".git" / "a.yaml")
    assert _only_skip(folder.load([tmp_path])) == Skip(
        file=str(tmp_path / ".git"), reason="is a hidden folder", broken=False
    )


def test_links_to_folders_are_not_followed_so_no_loop_traps_the_walk(tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.yaml")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    shelf = folder.load([tmp_path])
    assert _names(shelf) == ["a/x"]
    assert "is a link to a folder" in _only_skip(shelf).reason
    assert not _only_skip(shelf).broken


def test_a_link_to_itself_is_a_skip(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").symlink_to(tmp_path / "x.yaml")
    assert _only_skip(folder.load([tmp_path])).reason == "cannot be read: a loop of links"


def test_a_link_to_nothing_is_a_skip(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").symlink_to(tmp_path / "gone")
    skip = _only_skip(folder.load([tmp_path]))
    assert skip.reason == "cannot be read: No such file or directory"


def test_a_link_with_an_impossible_target_hides_nothing(tmp_path: Path) -> None:
    write(tmp_path / "b.yaml")
    (tmp_path / "a.yaml").symlink_to("x" * 300)
    shelf = folder.load([tmp_path])
    assert _names(shelf) == ["b"]
    assert _only_skip(shelf).reason == "cannot be read: File name too long"


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert _names(folder.load([tmp_path])) == ["a", "b"]


@pytest.mark.parametrize("outside", ["secret.yaml", "served-not/secret.yaml"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, outside: str) -> None:
    write(tmp_path / outside)
    write(tmp_path / "served" / "a.yaml")
    (tmp_path / "served" / "b.yaml").symlink_to(tmp_path / outside)
    shelf = folder.load([tmp_path / "served"])
    assert _names(shelf) == ["a"]
    assert _only_skip(shelf).reason == "is a link to a file outside the served folder"


def test_a_folder_that_is_itself_a_link_is_served(tmp_path: Path) -> None:
    write(tmp_path / "real" / "a.yaml")
    (tmp_path / "real" / "b.yaml").symlink_to("a.yaml")
    (tmp_path / "link").symlink_to("real")
    assert _names(folder.load([tmp_path / "link"])) == ["a", "b"]


def test_a_kubernetes_volume_shows_each_cassette_once(tmp_path: Path) -> None:
    write(tmp_path / "..2026_01_01" / "a.yaml")
    (tmp_path / "..data").symlink_to("..2026_01_01")
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")
    shelf = folder.load([tmp_path])
    assert _names(shelf) == ["a"]
    assert shelf.broken == ()


def test_a_pipe_is_a_skip_and_blocks_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.yaml")
    assert _only_skip(folder.load([tmp_path])).reason == "is not a regular file"


def test_a_device_is_a_skip() -> None:
    shelf = folder.load([Path("/dev/zero")])
    assert _only_skip(shelf).reason == "is not a regular file"


def test_a_file_that_may_not_be_read_is_a_skip() -> None:
    with place_for_anybody() as place:
        write(place / "a.yaml")
        write(place / "b.yaml").chmod(0o000)
        give_up_privileges()
        shelf = folder.load([place])
    assert _names(shelf) == ["a"]
    assert _only_skip(shelf).reason == "cannot be read: Permission denied"


def test_a_folder_that_may_not_be_listed_is_a_skip() -> None:
    with place_for_anybody() as place:
        write(place / "a.yaml")
        (place / "locked").mkdir(mode=0o000)
        give_up_privileges()
        shelf = folder.load([place])
    assert _names(shelf) == ["a"]
    assert _only_skip(shelf).reason == "cannot be listed: Permission denied"


def test_a_link_into_a_folder_that_may_not_be_seen_is_a_skip() -> None:
    with place_for_anybody() as place:
        write(place / "a.yaml")
        (place / "locked").mkdir(mode=0o000)
        (place / "b.yaml").symlink_to("locked/b.yaml")
        give_up_privileges()
        shelf = folder.load([place])
    assert _names(shelf) == ["a"]
    assert {Path(skip.file).name for skip in shelf.skipped} == {"b.yaml", "locked"}


def test_a_file_name_that_is_not_utf8_is_served(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.yaml"
    Path(os.fsdecode(name)).write_bytes(GOOD)
    assert _names(folder.load([tmp_path])) == ["\udcff"]


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "x.yaml").open("wb") as sparse:
        sparse.truncate(MAX_BYTES + 1)
    assert _only_skip(folder.load([tmp_path])).reason == (
        f"has {MAX_BYTES + 1} bytes, more than {MAX_BYTES}"
    )


def _gzip_bomb() -> bytes:
    """256 MiB and one more of zeros; a block that ends with a full flush can be repeated."""
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * (MAX_BYTES // (1 << 20) + 1) + packer.flush()


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (b"", "is cut short: the gzip data ends too early"),
        (gzip.compress(GOOD)[:-9], "is cut short: the gzip data ends too early"),
        (gzip.compress(GOOD)[:-4], "is cut short: the gzip data ends too early"),
        (GOOD, "is not gzip data"),
        (gzip.compress(GOOD)[:-8] + bytes(8), "cannot be read: Error -3 while decompressing data"),
        (gzip.compress(GOOD) + gzip.compress(b"a: 1"), "holds more after the end of the gzip data"),
        (gzip.compress(GOOD[:-30]), "the file may be cut short"),
    ],
)
def test_a_broken_gzip_file_is_a_skip(tmp_path: Path, packed: bytes, reason: str) -> None:
    (tmp_path / "x.yaml.gz").write_bytes(packed)
    skip = _only_skip(folder.load([tmp_path]))
    assert skip.broken
    assert reason in skip.reason


def test_padding_after_gzip_data_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "x.yaml.gz").write_bytes(gzip.compress(GOOD) + bytes(512))
    assert _names(folder.load([tmp_path])) == ["x"]


def test_bombs_are_skipped_and_neither_crash_nor_hang_the_rest(tmp_path: Path) -> None:
    head = b"version: 2\ninteractions:\n"
    bombs = {
        "flow.yaml": head + b"[" * 200_000,
        "braces.yaml": head + b"{" * 200_000,
        "blocks.yaml": head + b"".join(b" " * at + b"- \n" for at in range(1, 3_000)),
        "aliases.yaml": head
        + b"- &a [x, x]\n"
        + b"".join(
            b"- &%c [*%c, *%c]\n" % (at, at - 1, at - 1) for at in range(ord("b"), ord("z"))
        ),
        "merges.yaml": head
        + b"- &a {x: 1}\n"
        + b"".join(
            b"- &%c {<<: [*%c, *%c]}\n" % (at, at - 1, at - 1) for at in range(ord("b"), ord("z"))
        ),
        "gzip.yaml.gz": _gzip_bomb(),
        "nested.yaml.gz": gzip.compress(head + b"[" * 1_000_000),
    }
    for name, content in bombs.items():
        (tmp_path / name).write_bytes(content)
    write(tmp_path / "good.yaml")
    code = (
        "import json, sys; from pathlib import Path; from playhead import folder\n"
        "shelf = folder.load([Path(sys.argv[1])])\n"
        "served = [each.name for each in shelf.cassettes]\n"
        "print(json.dumps([served, {skip.file: skip.reason for skip in shelf.broken}]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    served, broken = json.loads(done.stdout)
    assert served == ["good"]
    assert {Path(file).name for file in broken} == set(bombs)
    assert broken[str(tmp_path / "gzip.yaml.gz")] == "unpacks to more than 268435456 bytes"


def test_every_file_is_served_or_skipped(tmp_path: Path) -> None:
    contents = [content for content, _ in [*BROKEN.values(), *NO_CASSETTES.values()]]
    names = [f"{at % 3}/{at}.yaml" for at in range(len(contents))]
    for name, content in zip(names, contents, strict=True):
        write(tmp_path / name).write_bytes(content)
    for name in ("good.yaml", "0/good.yml", "x.har", "x.json.gz"):
        write(tmp_path / name)
        names.append(name)
    shelf = folder.load([tmp_path])
    assert _files(shelf) == sorted(Path(name).name for name in names)
    assert shelf.present == len(shelf.cassettes) + len(shelf.skipped) == len(names)


@settings(deadline=None)
@given(raw=st.binary(), packed=st.booleans())
def test_any_bytes_are_served_or_skipped(raw: bytes, packed: bool) -> None:  # noqa: FBT001
    with tempfile.TemporaryDirectory() as place:
        content = gzip.compress(raw) if packed else raw
        Path(place, "x.yaml.gz" if packed or raw[:1] == b"\x1f" else "x.yaml").write_bytes(content)
        assert folder.load([Path(place)]).present == 1


@settings(deadline=None, max_examples=50)
@given(
    file=st.sampled_from(sorted(EXAMPLES.rglob("*.yaml"))),
    place=st.floats(0, 1),
    patch=st.binary(min_size=1, max_size=3),
    packed=st.booleans(),
)
def test_a_damaged_example_is_served_or_skipped(
    *, file: Path, place: float, patch: bytes, packed: bool
) -> None:
    raw = gzip.compress(file.read_bytes()) if packed else file.read_bytes()
    at = int(place * len(raw))
    with tempfile.TemporaryDirectory() as root:
        damaged = Path(root, "x.yaml.gz" if packed else "x.yaml")
        damaged.write_bytes(raw[:at] + patch + raw[at + len(patch) :])
        assert folder.load([Path(root)]).present == 1


# playhead.yaml


def _rules(shelf: Shelf) -> dict[str, bool]:
    """Whether identifiers may be renamed, by the name of the cassette."""
    return {name: shelf.configuration(name).rules.ids_renamed for name in _names(shelf)}


@pytest.mark.parametrize("name", ["playhead.yaml", "playhead.yml"])
def test_a_configuration_speaks_of_its_folder_and_those_below(tmp_path: Path, name: str) -> None:
    for cassette in ("a/x", "a/b/c/x", "z/x", "x"):
        write(tmp_path / f"{cassette}.yaml")
    (tmp_path / "a" / name).write_text("ids: renamed")
    shelf = folder.load([tmp_path])
    assert _rules(shelf) == {"a/x": True, "a/b/c/x": True, "z/x": False, "x": False}
    assert _only_skip(shelf) == Skip(
        file=str(tmp_path / "a" / name), reason="says what applies in this folder", broken=False
    )


def test_a_configuration_inherits_from_the_folder_above(tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.yaml")
    (tmp_path / "playhead.yaml").write_text("ids: renamed\nignore: /a")
    (tmp_path / "a" / "playhead.yaml").write_text("ignore: /b")
    rules = folder.load([tmp_path]).configuration("a/x").rules
    assert rules == Rules(ignore=(pointer("/a"), pointer("/b")), ids_renamed=True)


def test_a_folder_that_is_served_has_nothing_from_above_it(tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.yaml")
    (tmp_path / "playhead.yaml").write_text("ids: renamed")
    assert _rules(folder.load([tmp_path / "a"])) == {"x": False}


def test_a_configuration_stands_beside_a_single_file_that_is_served(tmp_path: Path) -> None:
    for name in ("x.yaml", "y.yaml"):
        write(tmp_path / name)
    (tmp_path / "playhead.yaml").write_text("ids: renamed")
    shelf = folder.load([tmp_path / "x.yaml", tmp_path / "y.yaml"])
    assert _rules(shelf) == {"x": True, "y": True}
    assert _only_skip(shelf).file == str(tmp_path / "playhead.yaml")


def test_a_configuration_alone_is_no_cassette(tmp_path: Path) -> None:
    (tmp_path / "playhead.yaml").write_text("ids: renamed")
    shelf = folder.load([tmp_path / "playhead.yaml"])
    assert (shelf.cassettes, shelf.present) == ((), 1)


def test_flags_apply_on_top_of_every_configuration(tmp_path: Path) -> None:
    for name in ("x.yaml", "a/x.yaml"):
        write(tmp_path / name)
    (tmp_path / "a" / "playhead.yaml").write_text("ids: exact\nignore: /a")
    flags = Configuration(rules=Rules(ids_renamed=True))
    shelf = folder.load([tmp_path], flags)
    assert shelf.configuration("x") == flags
    assert shelf.configuration("a/x").rules == Rules(ignore=(pointer("/a"),), ids_renamed=True)


def test_of_two_configurations_in_one_folder_the_first_is_used(tmp_path: Path) -> None:
    write(tmp_path / "x.yaml")
    (tmp_path / "playhead.yaml").write_text("ids: renamed")
    (tmp_path / "playhead.yml").write_text("ids: exact")
    shelf = folder.load([tmp_path])
    assert _rules(shelf) == {"x": True}
    assert [str(skip) for skip in shelf.broken] == [
        f"{tmp_path / 'playhead.yml'}: stands beside playhead.yaml, which is used"
    ]


def test_a_broken_configuration_is_told_and_its_folder_matches_exactly(tmp_path: Path) -> None:
    for name in ("x.yaml", "a/x.yaml", "a/b/x.yaml"):
        write(tmp_path / name)
    (tmp_path / "playhead.yaml").write_text("ids: renamed")
    (tmp_path / "a" / "playhead.yaml").write_text("\nignore: user")
    shelf = folder.load([tmp_path])
    assert _rules(shelf) == {"x": True, "a/x": False, "a/b/x": False}
    assert [str(skip) for skip in shelf.broken] == [
        f"{tmp_path / 'a' / 'playhead.yaml'}:2: ignore: 'user' does not begin with a slash, "
        "as in /messages/*/name"
    ]


def test_a_configuration_that_cannot_be_read_is_as_good_as_broken(tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.yaml")
    (tmp_path / "playhead.yaml").write_text("ids: renamed")
    (tmp_path / "a" / "playhead.yaml").symlink_to("gone")
    shelf = folder.load([tmp_path])
    assert _rules(shelf) == {"a/x": False}
    (broken,) = shelf.broken
    assert broken.reason == "cannot be read: No such file or directory"


def test_a_configuration_is_found_where_kubernetes_lays_it_out(tmp_path: Path) -> None:
    """A ConfigMap's files are links into `..data`, which is a link to a folder with a date."""
    dated = tmp_path / "..2026_11_21"
    write(dated / "x.yaml")
    (dated / "playhead.yaml").write_text("ids: renamed")
    (tmp_path / "..data").symlink_to(dated.name)
    for name in ("x.yaml", "playhead.yaml"):
        (tmp_path / name).symlink_to(f"..data/{name}")
    shelf = folder.load([tmp_path])
    assert _rules(shelf) == {"x": True}
    assert shelf.broken == ()


def test_the_example_cassettes_are_all_served() -> None:
    shelf = folder.load([EXAMPLES])
    assert (shelf.skipped, len(shelf.cassettes)) == ((), len(list(EXAMPLES.rglob("*.yaml"))))


@pytest.mark.parametrize(
    "paths", [["in", "in"], ["in", "in/a"], ["in/a", "in"], ["in/a/x.yaml", "in"]]
)
def test_what_several_paths_lead_to_is_taken_once(tmp_path: Path, paths: list[str]) -> None:
    write(tmp_path / "in/a/x.yaml")
    (tmp_path / "in/a/.hidden").mkdir()
    shelf = folder.load([tmp_path / path for path in paths])
    assert len(shelf.cassettes) == 1
    again = [skip for skip in shelf.skipped if "is taken once" in skip.reason]
    assert [(skip.file, skip.broken) for skip in again] == [(str(tmp_path / "in/a/x.yaml"), False)]
    assert len([skip for skip in shelf.skipped if "hidden" in skip.file]) == 1


def test_a_link_gives_a_file_of_one_folder_a_second_name(tmp_path: Path) -> None:
    write(tmp_path / "in/x.yaml")
    write(tmp_path / "other/z.yaml")
    (tmp_path / "in/y.yaml").symlink_to(tmp_path / "in/x.yaml")
    assert _names(folder.load([tmp_path / "in", tmp_path / "other"])) == ["x", "y", "z"]
