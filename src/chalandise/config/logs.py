"""What a line of the log may say: never the secret part of a private link."""

from __future__ import annotations

import logging
import re

from typing_extensions import override

SECRET = re.compile(
    r"(/(?:commande(?:/suivi|/question)?|banque(?:/comptes)?|retractation(?:/recue|/code)?"
    r"|reservation|toujours-exact|remise|invitation|fichier|decisions)/)"
    r"(?!(?:suivi|question|comptes|recue|code)/)[^/\s\"'?]+"
)


class WithoutSecrets(logging.Filter):
    """Blots out the part of an address that opens something."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        kept = SECRET.sub(r"\1…", said)
        if kept != said:
            record.msg, record.args = kept, ()
        return True
