"""Which configuration applies to which cassette: a folder's own file, and those above it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePath

from playhead.configuration import NOTHING, Configuration
from playhead.errors import CassetteError
from playhead.overlay import Overlay
from playhead.stated import Stated


class Configured:
    """The configuration files below one served path, by the folder they stand in.

    A folder is named by its path below the served one, the served one itself by an empty text.
    Files are taken in from above to below.
    """

    def __init__(self, flags: Configuration) -> None:
        self._flags = flags
        self._files: dict[str, str] = {}
        self._own: dict[str, Configuration] = {}

    def add(self, folder: str, file: str, content: Callable[[], bytes]) -> None:
        """Take in a folder's configuration file; raise CassetteError, or what `content` raises.

        Then the folder and those below match exactly: nobody knows what the file was to forbid.
        """
        if folder in self._own:
            raise CassetteError(f"stands beside {self._files[folder]}, which is used")
        above = self._in_files(folder)
        self._files[folder] = PurePath(file).name
        self._own[folder] = NOTHING
        from playhead.formats import playhead_yaml

        self._own[folder] = playhead_yaml.read(content(), file=file, folder=folder, above=above)

    def stated(self) -> Iterator[Stated]:
        """Yield each rule there is; those that folders have from above come again."""
        for own in self._own.values():
            yield from own.stated
        yield from self._flags.stated

    def overlays(self) -> Iterator[Overlay]:
        """Yield every overlay of the files that were read, once for each folder it applies to."""
        for own in self._own.values():
            yield from own.overlays

    def of(self, folder: str) -> Configuration:
        """Return what applies to the cassettes in `folder`."""
        found = self._in_files(folder)
        flags = self._flags
        return replace(
            found,
            rules=found.rules.and_also(flags.rules),
            bridge=found.bridge or flags.bridge,
            stated=found.stated + flags.stated,
        )

    def _in_files(self, folder: str) -> Configuration:
        """What the nearest file says, of the folder itself or of one above it."""
        while folder and folder not in self._own:
            folder = folder.rpartition("/")[0]
        return self._own.get(folder, NOTHING)
