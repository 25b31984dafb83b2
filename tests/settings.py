"""The settings under which the tests run: the real ones, on a database and folders of their own.

Read before any conftest. `DATABASE_URL` may name a server of yours (its role must be allowed to
create databases); when it is empty, the embedded PostgreSQL serves from `var/postgres-test`,
without waiting for the disk, and keeps running between runs. `make clean` stops it.
"""

import os
from pathlib import Path

from chalandise.config.embedded import ensure_server

_ROOT = Path(__file__).resolve().parent.parent
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

for _name in [name for name in os.environ if name.startswith("CHALANDISE_")]:
    if _name != "CHALANDISE_SHARED":  # where the shared data lie is a question of the machine
        del os.environ[_name]
os.environ.pop("PORT", None)  # the tests' own addresses do not follow the caller's port

os.environ["CHALANDISE_VAR"] = str(_ROOT / "var" / "tests" / _WORKER)
os.environ["CHALANDISE_STATIC_STORAGE"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"  # no hashed names: nothing is built
)
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = ensure_server(_ROOT / "var" / "postgres-test", lasting=False)

from chalandise.config.settings import *  # noqa: E402, F403 (the environment comes first)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, and only here

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
