"""Who may open the addresses of the face `storefront`; how to write a row is told in `__init__.py`."""

from tests.architecture.url_policy.rules import Rule

RULES: dict[str, Rule] = {}
