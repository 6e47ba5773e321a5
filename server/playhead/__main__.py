"""`python -m playhead` is the `playhead` command."""

from playhead.cli import main

if __name__ == "__main__":
    main()
