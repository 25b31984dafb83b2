"""Addresses of the face `storefront`: French, stable (see design.md §5)."""

from django.urls import URLPattern, URLResolver, path

from chalandise.storefront import (
    about,
    account,
    feeds,
    home,
    language,
    merchants,
    reports,
    reservations,
    search,
    selections,
    sheet,
    shops,
)
from chalandise.storefront import map as map_view
from chalandise.web.styleguide import styleguide

app_name = "storefront"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("commerces/", shops.directory, name="directory"),
    path("commerces/<slug:slug>/", sheet.shop, name="shop"),
    path("commerces/<slug:slug>/mettre-de-cote/", reservations.ask, name="ask"),
    path("commerces/<slug:slug>/signaler/", reports.report, name="report"),
    path("commerces/<slug:slug>/signaler/merci/", reports.report_thanks, name="report_thanks"),
    path("categories/", shops.categories, name="categories"),
    path("categories/<slug:key>/", shops.category, name="category"),
    path("communes/", shops.communes, name="communes"),
    path("recherche/", search.search, name="search"),
    path("recherche/suggestions/", search.suggestions, name="suggestions"),
    path("recherche/classement/", search.ranking, name="ranking"),
    path("carte/", map_view.map_page, name="map"),
    path("selections/<slug:slug>/", selections.selection, name="selection"),
    path("reservation/<slug:token>/", reservations.reservation, name="reservation"),
    path("reservation/<slug:token>/annuler/", reservations.cancel, name="cancel_reservation"),
    path("commercants/", merchants.merchants, name="merchants"),
    path("compte/", account.account, name="account"),
    path("a-propos/", about.about, name="about"),
    path("mentions-legales/", about.legal, name="legal"),
    path("accessibilite/", about.accessibility, name="accessibility"),
    path("donnees/", about.data, name="data"),
    path("langue/<slug:code>/", language.switch, name="language"),
    path("styleguide/", styleguide, name="styleguide"),
    path("theme/<slug:slug>-<slug:fingerprint>.css", feeds.theme, name="theme"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap_index, name="sitemap"),
    path("plan-des-pages.xml", feeds.sitemap_pages, name="sitemap_pages"),
    path("plan-des-commerces-<int:number>.xml", feeds.sitemap_shops, name="sitemap_shops"),
    path("manifest.webmanifest", feeds.manifest, name="manifest"),
]
