import pytest

from playhead.configuration import NOTHING, Configuration
from playhead.configured import Configured
from playhead.errors import CassetteError
from playhead.pointer import pointer
from playhead.rules import Rules, Tier


def _configured(flags: Rules | None = None, **files: str) -> Configured:
    """Files by their folder, `_` for the served one and between two levels."""
    configured = Configured(Configuration(rules=flags or Rules()))
    for folder, text in files.items():
        name = folder.strip("_").replace("_", "/")
        configured.add(name, f"{name}/playhead.yaml", text.encode)
    return configured


def test_a_folder_without_a_file_matches_exactly() -> None:
    assert _configured().of("a/b") == NOTHING


def test_a_file_speaks_of_its_folder_and_those_below() -> None:
    configured = _configured(a="ids: renamed")
    assert [configured.of(name).rules.ids_renamed for name in ("a", "a/b/c", "", "ab", "b/a")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_a_file_below_adds_to_those_above() -> None:
    configured = _configured(_="ignore: /a", a="ignore: /b", a_b_c="ignore: /c\nids: renamed")
    assert configured.of("a/b/c").rules == Rules(
        ignore=(pointer("/a"), pointer("/b"), pointer("/c")), ids_renamed=True
    )
    assert configured.of("a/b").rules == Rules(ignore=(pointer("/a"), pointer("/b")))
    assert configured.of("").rules == Rules(ignore=(pointer("/a"),))


def test_flags_are_added_to_what_any_file_says() -> None:
    flags = Rules(ignore=(pointer("/f"),), ids_renamed=True, fallbacks=(Tier.DEFAULTS,))
    configured = _configured(flags, _="ignore: /a\nfallbacks: conversation", a="ids: exact")
    assert configured.of("b").rules == Rules(
        ignore=(pointer("/a"), pointer("/f")),
        ids_renamed=True,
        fallbacks=(Tier.DEFAULTS, Tier.CONVERSATION),
    )
    assert configured.of("a").rules.ids_renamed
    assert _configured(flags).of("b").rules == flags


def test_a_broken_file_makes_its_folder_and_those_below_exact() -> None:
    configured = _configured(_="ids: renamed", a_b="ignore: /b")
    with pytest.raises(CassetteError, match="ids: is neither"):
        configured.add("a", "a/playhead.yaml", lambda: b"ids: no")
    assert configured.of("a") == NOTHING
    assert configured.of("a/c") == NOTHING
    assert configured.of("b").rules.ids_renamed


def test_so_does_one_that_cannot_be_read() -> None:
    def content() -> bytes:
        raise OSError("gone")

    configured = _configured(_="ids: renamed")
    with pytest.raises(OSError, match="gone"):
        configured.add("a", "a/playhead.yaml", content)
    assert configured.of("a") == NOTHING


def test_the_second_file_of_a_folder_is_not_used() -> None:
    configured = _configured(_="ids: renamed")
    with pytest.raises(CassetteError, match=r"stands beside playhead\.yaml, which is used"):
        configured.add("", "playhead.yml", lambda: b"ids: exact")
    assert configured.of("").rules.ids_renamed
