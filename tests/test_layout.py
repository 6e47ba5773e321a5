import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import playhead

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "server" / "playhead"

TESTED_ELSEWHERE = {
    "redis_scripts.py": "texts that only Redis runs: test_store.py and test_redis_store.py",
    "__init__.py": "only the version, which is compared below",
    "__main__.py": "one call, which every test that runs `python -m playhead` makes",
    "errors.py": "values without behaviour; each is raised and read in the tests of its raiser",
    "worker.py": "a process that only its parent can start: test_workers.py",
    "formats/document.py": "the words for a fault: test_formats.py",
}

in_a_checkout = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="only git knows which files are tracked"
)

# Spelled so that this file does not name them itself.
MACHINE_PATH = re.compile(r"(?<![\w.%-])/(?:work|root|Users)/")
REGISTRY = re.compile(
    r"\b(?:pypi|test\.pypi|pythonhosted|npmjs|yarnpkg|rubygems|conda|anaconda)\.(?:org|com)\b"
    r"|\bproxy\.golang\.|\bcrates\.(?:io)\b"
)


def _tests_of(module: Path) -> str:
    name = module.parent.name if module.name == "__init__.py" else module.stem
    return f"test_{name}.py"


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.split(b"\0")
    return [ROOT / name.decode() for name in listed if name]


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in _tracked()
        if file.is_file()
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_every_module_has_its_test_file() -> None:
    modules = [
        module
        for module in PACKAGE.rglob("*.py")
        if module.relative_to(PACKAGE).as_posix() not in TESTED_ELSEWHERE
    ]
    assert [each.stem for each in modules if not (ROOT / "tests" / _tests_of(each)).exists()] == []


def test_every_exception_is_still_a_module_without_a_test_file() -> None:
    for name in TESTED_ELSEWHERE:
        assert (PACKAGE / name).exists()
        assert not (ROOT / "tests" / _tests_of(PACKAGE / name)).exists()


def test_the_source_root_is_no_package() -> None:
    assert not (ROOT / "server" / "__init__.py").exists()


def test_the_changelog_and_the_package_agree_on_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert newest is not None
    assert newest[1] == playhead.__version__


def test_the_metadata_and_the_package_agree_on_the_version() -> None:
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert metadata["project"]["version"] == playhead.__version__


@in_a_checkout
def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    assert _found(MACHINE_PATH) == []


@in_a_checkout
def test_no_tracked_file_names_a_package_registry() -> None:
    assert _found(REGISTRY) == []
