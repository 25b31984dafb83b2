"""The API itself: its routes, its description, its problems."""

from __future__ import annotations

from ninja import NinjaAPI

from chalandise.api import establishments, map, products, reference  # noqa: A004 - the map is a map
from chalandise.api.problems import HANDLERS

DESCRIPTION = """\
The directory of a territory for machines: the same shops, the same words, the same filters as the
pages. Reading needs no key. Lists answer `{"count", "items", "next"}`; give `next` back as `cursor`
to go on. Problems follow RFC 9457 and carry a stable `code`.

Each sheet says where its facts come from (`provenance`) and under which licences (`licences`).
Facts under ODbL-1.0 come from OpenStreetMap: credit “© OpenStreetMap contributors”, and share alike
what you build from them. Facts under the Licence Ouverte 2.0 ask for the source and its date.
"""

service = NinjaAPI(
    title="Chalandise",
    version="1.0.0",
    description=DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
    openapi_extra={"info": {"license": {"name": "AGPL-3.0-or-later"}}},
)
for router in (establishments.router, products.router, map.router, reference.router):
    service.add_router("", router)
for error, handler in HANDLERS:
    service.add_exception_handler(error, handler)
