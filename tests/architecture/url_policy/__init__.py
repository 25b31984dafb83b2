"""Who may open which address: every route of the site has a row here, or the test fails.

One file for each face (`storefront.py`, `counter.py`, `console.py`, `api.py`), and `config.py` for
the rest. To add a route, add a row to the `RULES` of its face, under the name `reverse` knows:

    RULES = {
        "storefront:sheet": Rule(ANYONE, given=lambda cast: {"slug": cast.bakery.slug}),
        "counter:hours": Rule({"claire"}, given=lambda cast: {"slug": cast.bakery.slug}),
        "counter:confirm": Rule({"claire"}, given=…, method="post", data=lambda cast: {…}),
        "console:claims": Rule(LOT_DESK),
    }

The visitors are the cast of `tests/cast.py` and `visitor`, who did not sign in. For each row, the
test lets every one of them come. Who may is let in (2xx, or a redirect elsewhere than to the
sign-in page; 400, 405, 409 and 422 are let in too: the view was reached); everybody else gets 404,
403, 401 or the sign-in page. Then the same address is asked for something that does not exist: it
must be refused to everybody, never be an error. `absent=False` says that a route has no such thing.

Write `make`, a function of the cast, for what a row needs beside the cast (a claim, a report);
what it returns is passed on to `given` and `data` as second argument.

Addresses that other packages bring (allauth, Wagtail) are covered by the beginning of their names,
in `config.py`.
"""

from tests.architecture.url_policy import api, config, console, counter, shopping, storefront
from tests.architecture.url_policy.rules import Rule

FACES = (api, config, console, counter, shopping, storefront)
RULES: dict[str, Rule] = {name: rule for face in FACES for name, rule in face.RULES.items()}
THIRD_PARTY = config.THIRD_PARTY
