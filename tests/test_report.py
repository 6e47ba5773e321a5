from dataclasses import replace

from playhead import __version__, report
from playhead.folder import Shelf
from playhead.library import Library
from playhead.walk import Skip
from support.cassettes import interaction, shelf

ORIGIN = "http://127.0.0.1:8080"
BROKEN = Skip(file="cut.yaml", reason="is cut", line=3)
OTHER = Skip(file="config.yaml", reason="is not a cassette", broken=False)


def _banner(shelf: Shelf) -> list[str]:
    return report.banner(ORIGIN, Library(shelf), ["one", "two"])


def test_the_banner_says_where_the_server_listens_and_what_it_serves() -> None:
    lines = _banner(shelf(interaction("a"), interaction("a", 1), interaction("b")))
    assert lines[:2] == [
        f"playhead {__version__} serves {ORIGIN}",
        "  2 cassettes with 3 interactions (2 files, 0 skipped)",
    ]


def test_the_banner_counts_one_of_each_as_one() -> None:
    served = replace(shelf(interaction()), skipped=())
    assert _banner(served)[1] == "  1 cassette with 1 interaction (1 file, 0 skipped)"


def test_the_banner_says_how_to_point_a_client_at_the_server() -> None:
    lines = _banner(shelf(interaction()))
    assert f"    export OPENAI_BASE_URL={ORIGIN}/v1 OPENAI_API_KEY=playhead" in lines
    assert f"    export ANTHROPIC_BASE_URL={ORIGIN} ANTHROPIC_API_KEY=playhead" in lines


def test_the_banner_names_what_is_broken_and_what_is_skipped() -> None:
    lines = _banner(replace(shelf(interaction()), skipped=(OTHER, BROKEN)))
    assert lines[1] == "  1 cassette with 1 interaction (3 files, 2 skipped)"
    assert lines[2:4] == [
        "  broken: cut.yaml:3: is cut",
        "  skipped: config.yaml: is not a cassette",
    ]


def test_the_banner_only_counts_the_rest_of_many_skipped_files() -> None:
    lines = _banner(replace(shelf(interaction()), skipped=(OTHER,) * (report.QUIET_LINES + 1)))
    skipped = [line for line in lines if line.startswith("  skipped: ")]
    assert len(skipped) == report.QUIET_LINES + 1
    assert skipped[-1] == "  skipped: 1 more file (`playhead check` lists them)"


def test_the_banner_is_loud_about_an_empty_library() -> None:
    lines = _banner(Shelf())
    assert "  NO CASSETTES in one, two: every request will be refused." in lines


def test_the_banner_counts_the_requests_that_several_cassettes_answer() -> None:
    lines = _banner(shelf(interaction("a"), interaction("b")))
    assert "  1 request answered by several cassettes (`playhead check`)" in lines
