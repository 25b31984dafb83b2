"""Addresses of the face `storefront`: French, stable (see design.md §5)."""

from django.urls import URLPattern, URLResolver, path

from chalandise.storefront import (
    about,
    account,
    feeds,
    home,
    language,
    leaving,
    merchants,
    reports,
    reservations,
)
from chalandise.storefront.buying import bank, bank_visit, cart, checkout, paying
from chalandise.storefront.finding import communes, search, selections, sheet, shops
from chalandise.storefront.finding import map as map_view
from chalandise.storefront.following import lateness, moving, orders, papers, tour, withdrawals
from chalandise.storefront.shelves import product_list, products
from chalandise.web.styleguide import styleguide

app_name = "storefront"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("commerces/", shops.directory, name="directory"),
    path("commerces/<slug:slug>/", sheet.shop, name="shop"),
    path("commerces/<slug:slug>/mettre-de-cote/", reservations.ask, name="ask"),
    path("commerces/<slug:slug>/signaler/", reports.report, name="report"),
    path("commerces/<slug:slug>/signaler/merci/", reports.report_thanks, name="report_thanks"),
    path("commerces/<slug:slug>/conditions/", products.shop_terms, name="shop_terms"),
    path("produits/", product_list.products, name="products"),
    path("produits/<slug:slug>/", products.product, name="product"),
    path("panier/", cart.cart, name="cart"),
    path("panier/ajouter/", cart.add, name="add_to_cart"),
    path("panier/accepter/", cart.accept, name="accept_cart"),
    path("panier/<int:line_id>/", cart.change, name="change_cart"),
    path("commande/", checkout.begin, name="checkout"),
    path("commande/<slug:token>/vous/", checkout.who, name="checkout_who"),
    path("commande/<slug:token>/retrait/", checkout.how, name="checkout_how"),
    path("commande/<slug:token>/paiement/", paying.pay, name="checkout_pay"),
    path("commande/suivi/<slug:token>/", orders.order, name="order"),
    path("commande/suivi/<slug:token>/payer/", bank_visit.pay_again, name="pay_again"),
    path("commande/suivi/<slug:token>/retour/", bank_visit.back, name="order_back"),
    path("commande/suivi/<slug:token>/annuler/<int:part_id>/", orders.cancel, name="cancel_order"),
    path("commande/suivi/<slug:token>/code/<int:part_id>.svg", orders.qr_code, name="order_qr"),
    path("commande/suivi/<slug:token>/horaire/<int:part_id>/", moving.move, name="move_slot"),
    path("commande/suivi/<slug:token>/retard/<int:part_id>/", lateness.late, name="late"),
    path("commande/question/<slug:token>/", orders.question, name="question"),
    path("paiement/evenements/<slug:provider>/", bank_visit.events, name="payment_events"),
    path("banque/<slug:token>/", bank.session, name="bank"),
    path("banque/<slug:token>/quitter/", bank.leave, name="bank_leave"),
    path("banque/comptes/<slug:token>/", bank.account, name="bank_account"),
    path("commande/suivi/<slug:token>/tournee/", tour.tour, name="tour"),
    path("commande/suivi/<slug:token>/tournee.ics", tour.calendar, name="tour_calendar"),
    path(
        "commande/suivi/<slug:token>/factures/<int:invoice_id>.pdf",
        papers.invoice,
        name="order_invoice",
    ),
    path("commande/suivi/<slug:token>/recu-<int:part_id>.pdf", papers.receipt, name="receipt"),
    path("commande/suivi/<slug:token>/contrat.pdf", papers.contract, name="contract"),
    path(
        "retractation/recue/<slug:token>/accuse.pdf", papers.acknowledgement, name="acknowledgement"
    ),
    path("commande/suivi/<slug:token>/renoncer/", withdrawals.withdraw_from, name="withdraw_from"),
    path("retractation/", withdrawals.withdraw, name="withdraw"),
    path("retractation/recue/<slug:token>/", withdrawals.withdrawn, name="withdrawn"),
    path("retractation/recue/<slug:token>/envoi/", withdrawals.sent_back, name="sent_back"),
    path("retractation/<str:key>/", withdrawals.form, name="withdraw_form"),
    path("garanties/", about.guarantee, name="guarantee"),
    path("categories/", shops.categories, name="categories"),
    path("categories/<slug:key>/", shops.category, name="category"),
    path("communes/", communes.communes, name="communes"),
    path("recherche/", search.search, name="search"),
    path("recherche/suggestions/", search.suggestions, name="suggestions"),
    path("recherche/classement/", search.ranking, name="ranking"),
    path("carte/", map_view.map_page, name="map"),
    path("selections/<slug:slug>/", selections.selection, name="selection"),
    path("reservation/<slug:token>/", reservations.reservation, name="reservation"),
    path("reservation/<slug:token>/annuler/", reservations.cancel, name="cancel_reservation"),
    path("commercants/", merchants.merchants, name="merchants"),
    path("compte/", account.account, name="account"),
    path("compte/fermer/", leaving.leave, name="leave"),
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
    path("plan-des-produits-<int:number>.xml", feeds.sitemap_products, name="sitemap_products"),
    path("manifest.webmanifest", feeds.manifest, name="manifest"),
]
