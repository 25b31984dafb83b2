"""Who may open the addresses that no face owns, and those that other packages bring."""

from tests.architecture.url_policy.rules import ANYONE, CONSOLE, NOBODY, Rule

RULES: dict[str, Rule] = {
    "health_live": Rule(ANYONE),
    "health_ready": Rule(ANYONE),
    "short_claim": Rule(ANYONE, given=lambda cast: {"pk": cast.bakery.pk}),
    "media": Rule(frozenset(), given=lambda cast: {"name": "photos/absent.webp"}),
}

# Beginning of the names → who may, the longest one counts. Each address is asked and posted to with
# made-up arguments: who may not is refused, and nobody ever meets an error.
THIRD_PARTY = {
    "account_": ANYONE,  # sign-in and the person's own account: allauth guards each page
    "mfa_": ANYONE,
    "socialaccount_": ANYONE,
    "openid_connect_": ANYONE,
    "compte/social/": ANYONE,  # allauth's former addresses, which have no name
    "wagtail": NOBODY,  # the gate of the console opens its shell and none of its pages
    "wagtailadmin_home": CONSOLE,
    "wagtailadmin_account": CONSOLE,  # leads to the person's own account
    "wagtailadmin_javascript_catalog": CONSOLE,
    "wagtailadmin_logout": CONSOLE,
    "wagtailadmin_dismissibles": CONSOLE,
}
THEIRS_WITHOUT_SIGN_IN = {
    # pages of the console's package that anybody may open, and why
    "wagtailadmin_login": "redirects to our own sign-in",
    "wagtailadmin_sprite": "icons",
    "wagtailimages_serve": "pictures, by a signed address",
}
