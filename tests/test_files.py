import errno
import gzip
import os
from pathlib import Path

import pytest

from playhead.errors import CassetteError
from playhead.files import CANNOT_BE_READ, content, said


def test_a_file_is_read_and_a_packed_one_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"plain")
    (tmp_path / "a.yaml.GZ").write_bytes(gzip.compress(b"packed"))
    assert content(str(tmp_path / "a.yaml")) == b"plain"
    assert content(str(tmp_path / "a.yaml.GZ")) == b"packed"


def test_a_pipe_is_no_file_and_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(CassetteError, match="is not a regular file"):
        content(str(tmp_path / "pipe.yaml"))


def test_a_link_leads_nowhere_outside(tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    link = tmp_path / "served" / "x.yaml"
    link.symlink_to(tmp_path / "secret")
    assert content(str(link)) == b"secret"
    with pytest.raises(CassetteError, match="outside the served folder"):
        content(str(link), link_root=str(tmp_path / "served"))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (FileNotFoundError(errno.ENOENT, "x"), "No such file or directory"),
        (OSError(errno.ELOOP, "x"), "a loop of links"),
        (OSError("odd"), "odd"),
        (ValueError("embedded null byte"), "embedded null byte"),
        (MemoryError(), "MemoryError"),
    ],
    ids=repr,
)
def test_what_cannot_be_read_says_why(error: Exception, text: str) -> None:
    assert isinstance(error, CANNOT_BE_READ)
    assert said(error) == text


def test_a_plain_file_named_as_a_packed_one_is_not_gzip_data(tmp_path: Path) -> None:
    (tmp_path / "a.yaml.gz").write_bytes(b"version: 2")
    with pytest.raises(CassetteError, match="is not gzip data"):
        content(str(tmp_path / "a.yaml.gz"))
