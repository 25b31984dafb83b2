"""Stop the embedded PostgreSQL of the folders given, unless a demo is using it."""

import sys
from pathlib import Path

from chalandise.config.demo.turn import DemoRunsAlreadyError, take_turn
from chalandise.config.embedded import stop_server


def main() -> int:
    """Stop each server; refuse where a demo runs, which would lose its data under its feet."""
    for name in sys.argv[1:]:
        folder = Path(name)
        try:
            with take_turn(folder.parent, 0):
                if stop_server(folder):
                    print(f"· stopped the database of {folder}")
        except DemoRunsAlreadyError as error:
            print(
                f"A demo of this folder is running (process {error.pid}). Stop it first, with "
                "Ctrl-C where it was started.",
                file=sys.stderr,
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
