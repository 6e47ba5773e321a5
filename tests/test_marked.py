import pytest

from playhead.marked import Marked, WrongMark, marked


def _marked(pytester: pytest.Pytester, source: str, name: str = "test_it") -> Marked:
    pytester.makeini("[pytest]\nmarkers = cassette")
    items = pytester.getitems(f"import pytest\n\ncassette = pytest.mark.cassette\n\n{source}")
    (item,) = [each for each in items if each.name == name]
    return marked(item)


def test_a_test_without_a_marker_is_confined_to_nothing(pytester: pytest.Pytester) -> None:
    assert _marked(pytester, "def test_it(): pass") == Marked()


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ('"a/b"', Marked(name="a/b")),
        ('name="a/b"', Marked(name="a/b")),
        ('"/a/"', Marked(name="a")),
        ('"a", all_used=True', Marked(name="a", all_used=True)),
        ("allow_misses=True", Marked(allow_misses=True)),
        ("require_served=2", Marked(require_served=2)),
        ("require_served=0", Marked(require_served=0)),
    ],
)
def test_a_marker_says_a_name_and_switches(
    pytester: pytest.Pytester, mark: str, expected: Marked
) -> None:
    assert _marked(pytester, f"@cassette({mark})\ndef test_it(): pass") == expected


LEVELS = """
pytestmark = cassette("module", require_served=1)

@cassette("class", all_used=True)
class TestBase:
    @cassette("function")
    @pytest.mark.parametrize("at", [pytest.param(1, marks=cassette("parameter"), id="x")])
    def test_of_parameter(self, at): pass

@cassette("derived", require_served=2)
class TestDerived(TestBase):
    def test_of_derived(self): pass

    test_of_parameter = None

def test_of_module(): pass
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_of_module", Marked(name="module", require_served=1)),
        ("test_of_derived", Marked(name="derived", all_used=True, require_served=2)),
        ("test_of_parameter[x]", Marked(name="parameter", all_used=True, require_served=1)),
    ],
)
def test_the_closest_marker_counts_for_each_thing(
    pytester: pytest.Pytester, name: str, expected: Marked
) -> None:
    assert _marked(pytester, LEVELS, name) == expected


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        ("", "cassette needs the name of a cassette"),
        ('"a", "b"', "takes one name"),
        ('"a", name="b"', "takes one name"),
        ("1", "takes the name of a cassette, a string"),
        ('""', "takes the name of a cassette, a string"),
        (
            '"a", used=True',
            "no argument 'used'; there are name, all_used, allow_misses, require",
        ),
        ('"a", all_used=1', "takes True or False for all_used"),
        ("require_served=True", "takes a number of requests, 0 or more, for require_served"),
        ("require_served=-1", "takes a number of requests, 0 or more, for require_served"),
        ('require_served="2"', "takes a number of requests, 0 or more, for require_served"),
    ],
)
def test_what_a_marker_cannot_say_is_told(pytester: pytest.Pytester, mark: str, why: str) -> None:
    with pytest.raises(WrongMark) as told:
        _marked(pytester, f"@cassette({mark})\ndef test_it(): pass")
    assert str(told.value).startswith(f"@pytest.mark.cassette({mark}): ".replace('"', "'"))
    assert why in str(told.value)
