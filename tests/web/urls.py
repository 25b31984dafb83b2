"""The page of components and the answers its scripts ask for, without the rest of the site."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from chalandise.web.styleguide import samples
from chalandise.web.theme import theme_css

NASTY = "<img src=x onerror=alert(1)>Chez “Zoé” & fils"
SQUARE = [[[1.3, 44.4], [1.6, 44.4], [1.6, 44.6], [1.3, 44.6], [1.3, 44.4]]]


def page(request: HttpRequest) -> HttpResponse:
    values = samples() | {"demo_contours": "/api/v1/contours"}
    return render(request, "web/styleguide.html", values)


def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "web/base.html", {"section": "map"})


def search(request: HttpRequest) -> HttpResponse:
    return render(request, "tests/search.html")


def map_page(request: HttpRequest) -> HttpResponse:
    return render(request, "tests/map.html")


def theme(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(theme_css("#1E5B45"), content_type="text/css")


def suggestions(request: HttpRequest) -> JsonResponse:
    items = [
        {"label": NASTY, "value": "zoé", "detail": "Cahors", "icon": "store"},
        {"label": "Cahors", "value": "Cahors", "fields": {"near": "44.448,1.441"}},
        {"label": "Ailleurs", "url": "https://voisin.test/"},
    ]
    return JsonResponse({"items": items if request.GET["q"] != "rien" else []})


def points(request: HttpRequest) -> JsonResponse:
    shop = {"id": "1", "name": NASTY, "slug": "chez-zoe", "place": "Cahors", "is_open": True}
    return _collection({"type": "Point", "coordinates": [1.45, 44.5]}, shop)


def contours(request: HttpRequest) -> JsonResponse:
    return _collection(
        {"type": "Polygon", "coordinates": SQUARE}, {"name": "Cahors", "population": 20_000}
    )


def _collection(geometry: dict[str, object], properties: dict[str, object]) -> JsonResponse:
    feature = {"type": "Feature", "geometry": geometry, "properties": properties}
    return JsonResponse({"type": "FeatureCollection", "features": [feature]})


urlpatterns = [
    path("", empty),
    path("composants/", page),
    path("essai/", search),
    path("essai/carte/", map_page),
    path("essai/suggestions/", suggestions),
    path("recherche/", search),
    path("theme/<str:name>", theme),
    path("api/v1/map", points),
    path("api/v1/contours", contours),
]
handler404 = "chalandise.web.errors.not_found"
handler500 = "chalandise.web.errors.server_error"
