"""The floors: the least that Django does for a page of 24 cards, for 24 rows of JSON, for a form.

Bare on purpose: no middleware, no language, no session, no link to reverse. The table that is read is
the product's own, so that both ask the same database for the same rows; the one that is written has
no index but its key, no trigger and no neighbour.
"""

from __future__ import annotations

import os
from typing import Any

import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

_URL: dict[str, Any] = dict(conninfo_to_dict(os.environ.get("DATABASE_URL", "")))

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _URL.get("dbname", ""),
            "USER": _URL.get("user", ""),
            "PASSWORD": _URL.get("password", ""),
            "HOST": _URL.get("host", ""),
            "PORT": _URL.get("port", ""),
            "CONN_MAX_AGE": 60,
        }
    },
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="floor",  # noqa: S106 - it signs nothing
    USE_I18N=False,
    USE_TZ=True,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"cards.html": ""})],
                    )
                ]
            },
        }
    ],
)
PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<header><a href="/">{{ title }}</a><form action="/search"><input name="q"></form></header>
<main><h1>{{ title }}</h1>
<ul class="cards">
{% for shop in shops %}
<li class="card">
<img src="/static/{{ shop.category.icon }}.svg" alt="" width="96" height="96">
<h2><a href="/commerces/{{ shop.slug }}/">{{ shop.name }}</a></h2>
<p>{{ shop.category.name }}, {{ shop.commune.name }}</p>
<p>{{ shop.street }}, {{ shop.postal_code }} {{ shop.commune.name }}</p>
{% if shop.phone %}<p><a href="tel:{{ shop.phone }}">{{ shop.phone }}</a></p>{% endif %}
{% if shop.website %}<p><a href="{{ shop.website }}">{{ shop.website }}</a></p>{% endif %}
{% if shop.hours_verified_at %}<p>{{ shop.hours_verified_at|date:"d/m/Y" }}</p>{% endif %}
<ul>{% for service in shop.services %}<li>{{ service }}</li>{% endfor %}</ul>
</li>
{% endfor %}
</ul></main><footer><p>{{ title }}</p></footer></body></html>
"""
settings.TEMPLATES[0]["OPTIONS"]["loaders"][0][1][0][1]["cards.html"] = PAGE
django.setup()

from django.contrib.postgres.fields import ArrayField  # noqa: E402 - the settings come first
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import (  # noqa: E402
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

FIELDS = ("public_id", "slug", "name", "street", "postal_code", "latitude", "longitude", "phone",
          "website", "services")  # fmt: skip


class Category(models.Model):
    """The product's table of categories, the columns of a card."""

    key = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=120)
    icon = models.CharField(max_length=60)

    class Meta:
        app_label = "floors"
        managed = False
        db_table = "directory_category"

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Commune(models.Model):
    """The product's table of territories, the columns of a card."""

    key = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=120)

    class Meta:
        app_label = "floors"
        managed = False
        db_table = "territories_territory"

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Shop(models.Model):
    """The product's table of establishments, the columns of a card."""

    public_id = models.UUIDField()
    slug = models.SlugField()
    name = models.CharField(max_length=160)
    sort_key = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=5)
    latitude = models.FloatField()
    longitude = models.FloatField()
    phone = models.CharField(max_length=16)
    website = models.CharField(max_length=500)
    hours_verified_at = models.DateTimeField(null=True)
    category = models.ForeignKey(Category, on_delete=models.DO_NOTHING)
    commune = models.ForeignKey(Commune, on_delete=models.DO_NOTHING)
    services = ArrayField(models.CharField(max_length=20))

    class Meta:
        app_label = "floors"
        managed = False
        db_table = "directory_establishment"

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Written(models.Model):
    """A row of one form; `bench.buying` makes its table."""

    offer_id = models.BigIntegerField()
    quantity = models.IntegerField()
    written_at = models.DateTimeField()

    class Meta:
        app_label = "floors"
        managed = False
        db_table = "bench_written"

    def __str__(self) -> str:
        """Return how many of what."""
        return f"{self.quantity} x {self.offer_id}"


def page(request: HttpRequest) -> HttpResponse:
    """Answer a page of 24 cards: one ORM query, one template."""
    shops = Shop.objects.filter(sort_key__gte=request.GET.get("from", "")).order_by("sort_key")
    shops = shops.select_related("category", "commune")
    response = render(request, "cards.html", {"title": "Floor", "shops": shops[:24]})
    response["Content-Length"] = str(len(response.content))
    return response


def rows(request: HttpRequest) -> HttpResponse:
    """Answer 24 rows as JSON: one indexed query."""
    shops = Shop.objects.filter(sort_key__gte=request.GET.get("from", "")).order_by("sort_key")
    response = JsonResponse({"items": list(shops.values(*FIELDS)[:24])})
    response["Content-Length"] = str(len(response.content))
    return response


def row(request: HttpRequest) -> HttpResponse:
    """Answer one row as JSON: one indexed query."""
    shops = Shop.objects.filter(sort_key__gte=request.GET.get("from", "")).order_by("sort_key")
    response = JsonResponse(shops.values(*FIELDS)[0])
    response["Content-Length"] = str(len(response.content))
    return response


def form(request: HttpRequest) -> HttpResponse:
    """Take a form as Django does: one row written and committed, one redirect to a page."""
    offer, quantity = int(request.POST["offer"]), int(request.POST["quantity"])
    Written.objects.create(offer_id=offer, quantity=quantity, written_at=timezone.now())
    response = HttpResponseRedirect(f"/page?from={request.POST['from']}")
    response["Content-Length"] = "0"
    return response


urlpatterns = [
    path("page", page),
    path("rows", rows),
    path("row", row),
    path("form", form),
]
application = get_wsgi_application()
