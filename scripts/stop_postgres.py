"""Stop the embedded PostgreSQL of the folders given."""

import sys
from pathlib import Path

from chalandise.config.embedded import stop_server

if __name__ == "__main__":
    for folder in sys.argv[1:]:
        if stop_server(Path(folder)):
            print(f"· stopped the database of {folder}")
