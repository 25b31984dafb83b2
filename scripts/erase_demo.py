"""Erase the demo of a folder, and only where nothing else can be meant or hit."""

import os
import sys
from pathlib import Path

from chalandise.config.demo.erasing import erase, holds_other_data
from chalandise.config.demo.turn import DemoRunsAlreadyError, take_turn


def main() -> int:
    """Erase what the demo wrote into the folder given; refuse, erasing nothing, in case of doubt."""
    folder = Path(sys.argv[1])
    named = [name for name in ("CHALANDISE_VAR", "DATABASE_URL") if os.environ.get(name)]
    if named:
        return refuse(
            f"{' and '.join(named)} is set, which names other data than {folder}/. To begin the demo "
            f"of {folder}/ anew, type: env -u CHALANDISE_VAR -u DATABASE_URL make demo-reset"
        )
    if holds_other_data(folder):
        return refuse(
            f"{folder}/ holds data, and no demo ever ran there. If nobody needs them, remove the "
            "folder by hand."
        )
    try:
        with take_turn(folder, 0):
            erase(folder)
    except DemoRunsAlreadyError as error:
        return refuse(
            f"A demo of this folder is running (process {error.pid}). Stop it first, with Ctrl-C "
            "where it was started."
        )
    return 0


def refuse(why: str) -> int:
    """Say that all is still there, and why; return the exit code of a refusal."""
    print(f"Nothing was erased. {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
