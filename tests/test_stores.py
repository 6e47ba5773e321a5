"""Which store a `--state` names, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from playhead import stores
from playhead.stores import store_at


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("memcached://host", "'memcached' is no shared state: sqlite, sqlite:PATH, redis://"),
        ("sqlite:", "'sqlite' is no shared state"),
        ("redis", "'redis' is no shared state"),
        ("", "'' is no shared state"),
        ("redis://host?run=a/b", "the run 'a/b' is no name"),
        ("redis://host?run=", "the run '' is no name"),
        ("redis://u:secret@host:99999", "the address of the shared state is no redis://HOST:PORT"),
        ("redis://u:secret/@host", "the address of the shared state is no redis://HOST:PORT"),
        ("redis://u:p?secret@host:1", "options that the package redis does not know"),
        ("redis://u:secret@[host", "the address of the shared state is no redis://HOST:PORT"),
    ],
)
def test_a_state_that_is_none_is_refused_with_a_reason_and_without_its_password(
    state: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        store_at(state)
    assert "secret" not in str(caught.value)


def test_a_state_in_redis_without_its_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "playhead.redis_store", raising=False)
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(ValueError, match="needs the package redis: pip install"):
        store_at("redis://host")


@pytest.mark.parametrize("state", ["sqlite", "sqlite:some.file"])
def test_no_state_but_redis_needs_its_package(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    assert store_at(state) is not None


def test_a_new_file_is_gone_when_the_process_that_made_it_ends_and_not_before() -> None:
    """A worker is a fork of it, which ends first."""
    script = """
import os
from playhead.stores import store_at
path = store_at("sqlite").path
worker = os.fork()
if worker:
    os.waitpid(worker, 0)
    print(path, path.parent.stat().st_mode & 0o777 == 0o700)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    path, private = ran.stdout.split()
    assert private == "True"
    assert not Path(path).parent.exists()


def test_a_folder_is_left_alone_by_a_process_that_did_not_make_it(tmp_path: Path) -> None:
    stores._remove(tmp_path, os.getppid())
    assert tmp_path.exists()
