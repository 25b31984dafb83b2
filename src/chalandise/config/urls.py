"""Root addresses: each face brings its own."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from chalandise.config import health
from chalandise.config.late_urls import LateFace
from chalandise.counter.listing.claiming import short_claim
from chalandise.web.media import media

_wagtail = LateFace("console/", "chalandise.console.wagtail_urls")

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("api/v1/", include("chalandise.api.urls")),
    LateFace("console/", "chalandise.console.urls", "console", beside=_wagtail),
    _wagtail,
    path("comptoir/", include("chalandise.counter.urls")),
    path("c/<int:pk>/", short_claim, name="short_claim"),
    path("compte/", include("chalandise.web.account_urls")),
    path("media/<path:name>", media, name="media"),
    path("", include("chalandise.storefront.urls")),
]
if settings.DEMO:
    urlpatterns.insert(0, path("demo/", include("chalandise.web.demo_urls")))

handler400 = "chalandise.web.errors.bad_request"
handler403 = "chalandise.web.errors.forbidden"
handler404 = "chalandise.web.errors.not_found"
handler500 = "chalandise.web.errors.server_error"
