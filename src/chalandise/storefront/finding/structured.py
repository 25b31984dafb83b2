"""Structured data of pages, in the words of schema.org."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.html import strip_tags
from django.utils.text import Truncator

from chalandise.directory.hours import Schedule
from chalandise.directory.models import Establishment
from chalandise.directory.states import HoursPurpose
from chalandise.web.week import DAY_MINUTES

CONTEXT = "https://schema.org"
SHARED_WORDS = 170
_ENDS = re.compile(r"</(?:p|li|h[1-6]|div|blockquote)>|<br[^>]*>")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TYPES = {
    "boulangerie": "Bakery",
    "patisserie": "Bakery",
    "restaurant": "Restaurant",
    "pizzeria": "Restaurant",
    "creperie": "Restaurant",
    "cuisine-du-monde": "Restaurant",
    "grill-burger": "Restaurant",
    "restauration-rapide": "FastFoodRestaurant",
    "sandwicherie": "FastFoodRestaurant",
    "food-truck": "FastFoodRestaurant",
    "cafe-bar": "CafeOrCoffeeShop",
    "salon-de-the": "CafeOrCoffeeShop",
    "glacier": "IceCreamShop",
    "epicerie": "GroceryStore",
    "superette": "GroceryStore",
    "supermarche": "GroceryStore",
    "brasserie-artisanale": "Brewery",
    "distillerie-cidrerie": "Distillery",
    "vigneron": "Winery",
    "librairie": "BookStore",
    "vetements": "ClothingStore",
    "chaussures": "ShoeStore",
    "bijouterie-horlogerie": "JewelryStore",
    "fleuriste": "Florist",
    "jardinerie": "GardenStore",
    "animalerie": "PetStore",
    "quincaillerie": "HardwareStore",
    "bricolage": "HomeGoodsStore",
    "meubles": "FurnitureStore",
    "electromenager": "ElectronicsStore",
    "informatique": "ComputerStore",
    "telephonie": "MobilePhoneStore",
    "jeux-jouets": "ToyStore",
    "sport": "SportingGoodsStore",
    "velo": "BikeStore",
    "coiffeur": "HairSalon",
    "barbier": "HairSalon",
    "institut-beaute": "BeautySalon",
    "onglerie": "NailSalon",
    "massage-spa": "DaySpa",
    "tatouage-piercing": "TattooParlor",
    "pharmacie": "Pharmacy",
    "opticien": "Optician",
    "pressing-laverie": "DryCleaningOrLaundry",
    "garage": "AutoRepair",
    "pieces-auto": "AutoPartsStore",
    "vente-vehicules": "AutoDealer",
    "moto": "MotorcycleDealer",
    "station-service": "GasStation",
    "agence-voyages": "TravelAgency",
    "plombier-chauffagiste": "Plumber",
    "electricien": "Electrician",
    "couvreur": "RoofingContractor",
    "peintre-platrier": "HousePainter",
    "serrurier-metallier": "Locksmith",
    "macon": "GeneralContractor",
}
SERVICE_TYPES = {HoursPurpose.COLLECT: "Retrait des commandes", HoursPurpose.DELIVER: "Livraison"}
BRANCH_TYPES = {
    "alimentation": "FoodEstablishment",
    "restaurants-cafes": "FoodEstablishment",
    "mode": "ClothingStore",
    "maison": "HomeGoodsStore",
    "bricolage-jardin": "HomeGoodsStore",
    "boutiques": "Store",
    "culture-loisirs": "Store",
    "artisanat-art": "Store",
    "artisans-batiment": "HomeAndConstructionBusiness",
}


def type_of(shop: Establishment) -> str:
    """Return the most precise schema.org type that certainly fits."""
    category = shop.category
    return (
        TYPES.get(category.pk)
        or BRANCH_TYPES.get(category.parent_id or category.pk)
        or "LocalBusiness"
    )


def local_business(
    shop: Establishment,
    *,
    url: str,
    schedules: Mapping[HoursPurpose, Schedule],
    at: dt.datetime,
    images: Sequence[str] = (),
) -> dict[str, Any]:
    """Describe a shop; the e-mail address is never among what is said.

    Hours for collecting and delivering are those of a service that the shop offers: schema.org
    has no other place for them.
    """
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": type_of(shop),
        "@id": url,
        "name": shop.name,
        "url": url,
        "address": {
            "@type": "PostalAddress",
            **_said("streetAddress", ", ".join(filter(None, (shop.street, shop.complement)))),
            **_said("postalCode", shop.postal_code),
            "addressLocality": shop.commune.name,
            "addressCountry": "FR",
        },
        **_said("telephone", shop.phone),
        **_said("description", plain_text(shop.description)[:500]),
    }
    if shop.latitude is not None and shop.longitude is not None and not shop.is_located_by_commune:
        data["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": shop.latitude,
            "longitude": shop.longitude,
        }
    if images:
        data["image"] = list(images)
    if shop.website:
        data["sameAs"] = [shop.website]
    if HoursPurpose.VISIT in schedules:
        visit = schedules[HoursPurpose.VISIT]
        data["openingHoursSpecification"] = opening_hours(shop, visit, at)
    if not schedules.keys() <= {HoursPurpose.VISIT}:
        data["makesOffer"] = [
            {
                "@type": "Offer",
                "itemOffered": {
                    "@type": "Service",
                    "serviceType": kind,
                    "hoursAvailable": opening_hours(shop, schedules[purpose], at),
                },
            }
            for purpose, kind in SERVICE_TYPES.items()
            if purpose in schedules
        ]
    return data


def opening_hours(shop: Establishment, schedule: Schedule, at: dt.datetime) -> list[dict[str, Any]]:
    """Describe an ordinary week, then the exceptional closings to come."""
    today = at.astimezone(ZoneInfo(shop.timezone)).date()
    monday = today - dt.timedelta(days=today.weekday())
    week = _ordinary_week(schedule.value, shop.timezone, schedule.holiday_zone, monday)
    said = [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"{CONTEXT}/{day}",
            "opens": opens,
            "closes": closes,
        }
        for day, opens, closes in week
    ]
    said += [
        {
            "@type": "OpeningHoursSpecification",
            "opens": "00:00",
            "closes": "00:00",
            "validFrom": closing.starts_on.isoformat(),
            "validThrough": closing.ends_on.isoformat(),
        }
        for closing in schedule.closings
        if closing.ends_on >= today
    ]
    return said


@lru_cache(maxsize=2048)
def _ordinary_week(
    value: str, timezone: str, holiday_zone: str, monday: dt.date
) -> tuple[tuple[str, str, str], ...]:
    """Return day, opening and closing hour of a week without holidays: the next of each day."""
    plain = Schedule(value, timezone=timezone, holiday_zone=holiday_zone)
    ordinary: dict[int, list[tuple[str, str, str]]] = {}
    for weeks in range(4):
        for day in plain.week(monday + dt.timedelta(weeks=weeks)):
            weekday = day.on.weekday()
            if day.holiday or weekday in ordinary:
                continue
            ordinary[weekday] = [
                (DAYS[weekday], _clock(times.start), _clock(times.end))
                for times in day.times
                if not times.is_unknown
            ]
        if len(ordinary) == len(DAYS):
            break
    return tuple(one for weekday in sorted(ordinary) for one in ordinary[weekday])


def breadcrumbs(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Describe the way to a page: pairs of label and absolute address."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": label, **_said("item", url)}
            for number, (label, url) in enumerate(steps, start=1)
        ],
    }


def website(name: str, base: str, search_path: str) -> dict[str, Any]:
    """Describe the portal and its search box."""
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "name": name,
        "url": f"{base}/",
        "inLanguage": "fr",
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{base}{search_path}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


@lru_cache(maxsize=2048)
def plain_text(text: str) -> str:
    """Return formatted text without its markup, in one line."""
    return " ".join(unescape(strip_tags(_ENDS.sub(r"\g<0> ", text))).split()) if text else ""


def first_words(text: str) -> str:
    """Return how formatted text begins, as much as a link that is shared shows."""
    return Truncator(plain_text(text)).chars(SHARED_WORDS)


def _clock(minutes: int) -> str:
    if minutes == DAY_MINUTES:
        return "23:59"
    minutes %= DAY_MINUTES
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _said(key: str, value: str) -> dict[str, str]:
    return {key: value} if value else {}
