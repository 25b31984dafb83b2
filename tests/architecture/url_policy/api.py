"""Who may open the addresses of the face `api`; how to write a row is told in `__init__.py`."""

from tests.architecture.url_policy.rules import ANYONE, NOBODY, Rule

RULES: dict[str, Rule] = {
    "api:api-root": Rule(ANYONE),
    "api:openapi-json": Rule(ANYONE),
    "api:establishments": Rule(ANYONE),
    "api:establishment": Rule(ANYONE, given=lambda cast: {"public_id": cast.bakery.public_id}),
    "api:products": Rule(ANYONE),
    "api:map": Rule(ANYONE, data=lambda cast: {"bbox": "0,44,3,45", "zoom": 8}),
    "api:contours": Rule(ANYONE),
    "api:categories": Rule(ANYONE),
    "api:territories": Rule(ANYONE),
    "api:suggest": Rule(ANYONE, data=lambda cast: {"q": "pain"}),
    "api:unknown": Rule(NOBODY),
}
