"""What a line of the log may say: never the secret part of a private link."""

from __future__ import annotations

import logging
import re

from typing_extensions import override

SECRET = re.compile(r"(/(?:reservation|toujours-exact)/)[^/\s\"']+")


class WithoutSecrets(logging.Filter):
    """Blots out what follows the addresses whose last part opens something."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        kept = SECRET.sub(r"\1…", said)
        if kept != said:
            record.msg, record.args = kept, ()
        return True
