"""Why a right of withdrawal is excepted, in words."""

from __future__ import annotations

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString

from chalandise.catalogue.states import WithdrawalException

_ARTICLE = re.compile(r"(L221-28, \d+°)")


def say_exception(code: str) -> SafeString:
    """Return the legal reason behind a code, its article kept on one line; blank for none."""
    if not code:
        return SafeString()
    before, article, after = _ARTICLE.split(str(WithdrawalException(code).label))
    return format_html('{}<span class="nowrap">{}</span>{}', before, article, after)
