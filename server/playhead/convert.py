"""Recordings of any format that is read, written again in one that is chosen."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playhead import atomic, folder, formats, writers
from playhead.cassette import Cassette
from playhead.walk import Skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A file that was written; `lost` is what of its source it does not hold.

    `notes` are what a person should look at in the source, as `playhead check` says them.
    """

    source: str
    file: str
    interactions: int
    lost: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of every file: `failed` is what is broken, or was not written, and why."""

    converted: tuple[Converted, ...]
    failed: tuple[Skip, ...]
    skipped: tuple[Skip, ...]


def is_one_of(out: Path, paths: Sequence[Path]) -> bool:
    """Whether `out` is one of the folders `paths`: written there, a file would be read again."""
    return os.path.realpath(out) in {os.path.realpath(path) for path in paths if path.is_dir()}


def convert(paths: Sequence[Path], to: str, out: Path, *, force: bool = False) -> Outcome:
    """Write every cassette below `paths` into the folder `out`, as `to` of `writers.FORMATS`.

    All is read before anything is written, and what `out` holds is not read, so that no output is
    taken for a source. With `force` what is there is replaced, but never a file that something
    else was read from.
    """
    read, skipped = folder.read_each(paths, formats.read_with_rest, leave_out=out)
    files = [cassette.file for cassette, _ in read] + [skip.file for skip in skipped]
    sources = frozenset(map(os.path.realpath, files))
    converted: list[Converted] = []
    failed = [skip for skip in skipped if skip.broken]
    for cassette, rest in read:
        target = out / (cassette.name + writers.FORMATS[to][1])
        written = writers.write(cassette, to)
        try:
            _refuse_to_replace_a_source(target, cassette, sources)
            atomic.write(out, target.relative_to(out), written.content, force=force)
        except FileExistsError:
            reason = f"is not written: {target} is there; --force replaces it"
            failed.append(Skip(file=cassette.file, reason=reason))
        except OSError as error:
            reason = f"is not written: {target}: {error.strerror}"
            failed.append(Skip(file=cassette.file, reason=reason))
        else:
            lost = (*rest, *written.lost)
            converted.append(_converted(cassette, target, lost))
    return Outcome(
        converted=tuple(converted),
        failed=tuple(failed),
        skipped=tuple(skip for skip in skipped if not skip.broken),
    )


def _refuse_to_replace_a_source(target: Path, own: Cassette, sources: frozenset[str]) -> None:
    there = os.path.realpath(target)
    if there in sources and there != os.path.realpath(own.file):
        raise OSError(0, "is another of the files that are read")


def _converted(cassette: Cassette, target: Path, lost: tuple[str, ...]) -> Converted:
    return Converted(
        source=cassette.file,
        file=str(target),
        interactions=len(cassette.interactions),
        lost=lost,
        notes=cassette.notes,
    )
