"""Tables of the room: territories, their contours, and the communes that were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.territories import clock, naming
from chalandise.territories.states import Kind, Nature

WORDS = SearchVector("search_key", config="simple")
"""The words of a name as an indexed vector; searches must spell it exactly so to use the index."""


class TerritoryQuerySet(models.QuerySet["Territory"]):
    """Filters on territories that read like speech."""

    def of_kind(self, *kinds: Kind) -> Self:
        """Keep the territories of these kinds."""
        return self.filter(kind__in=kinds)

    def communes(self) -> Self:
        """Keep the communes."""
        return self.of_kind(Kind.COMMUNE)

    def within(self, keys: Iterable[str]) -> Self:
        """Keep what lies inside the scope ``keys``, its own territories included.

        Only memberships that hold wholly count: an intercommunality that spans two départements is
        within neither, although its communes are each within theirs.
        """
        scope = list(keys)
        return self.filter(
            Q(key__in=scope)
            | Q(region__in=scope)
            | Q(departement__in=scope)
            | Q(epci__in=scope)
            | Q(commune__in=scope)
        )

    def sorted(self) -> Self:
        """Sort as a French reader expects."""
        return self.order_by("sort_key", "key")


class Territory(models.Model):
    """A place of the Code officiel géographique, from the region down to the arrondissement.

    ``region``, ``departement``, ``epci`` and ``commune`` are filled on communes and arrondissements.
    On an intercommunality they are filled only where all its communes agree; on a département,
    ``region`` is.
    """

    key = models.TextField(_("key"), primary_key=True)
    kind = models.TextField(_("kind"), choices=Kind.choices)
    code = models.TextField(_("code"), help_text=_("INSEE code, or SIREN of an intercommunality"))
    name = models.TextField(_("name"))
    sort_key = models.TextField(_("sort key"), editable=False, db_collation="C")
    search_key = models.TextField(_("search key"), editable=False, db_collation="C")
    slug = models.SlugField(_("slug"), max_length=120, allow_unicode=False)
    siren = models.TextField(_("SIREN"), blank=True, default="")
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    postal_codes = ArrayField(models.TextField(), verbose_name=_("postal codes"), default=list)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    region = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="territories_of_region"
    )
    departement = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="territories_of_departement"
    )
    epci = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="territories_of_epci"
    )
    commune = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="arrondissements"
    )

    objects: ClassVar[TerritoryQuerySet] = TerritoryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ("sort_key", "key")
        constraints = (
            models.CheckConstraint(
                name="territory_kind_is_known", condition=Q(kind__in=Kind.values)
            ),
            models.CheckConstraint(
                name="territory_key_is_kind_and_code",
                condition=Q(key=Concat(F("kind"), Value("-", models.TextField()), F("code"))),
            ),
            models.CheckConstraint(
                name="territory_point_is_whole_and_on_earth",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            ),
        )
        indexes = (
            models.Index(fields=("kind", "sort_key"), name="territory_by_kind"),
            GinIndex(fields=("postal_codes",), name="territory_by_postal_code"),
            GinIndex(WORDS, name="territory_by_words"),
        )

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def ancestor_keys(self) -> list[str]:
        """Keys of the territories that contain this one, widest first, itself last.

        Never touches the database: the keys of the parents are the foreign keys themselves.
        """
        parents = (self.region_id, self.departement_id, self.epci_id, self.commune_id)
        return [*(key for key in parents if key and key != self.key), self.key]

    @property
    def departement_code(self) -> str:
        """Code of the département or overseas collectivity, empty where there are several."""
        if self.kind in {Kind.COMMUNE, Kind.ARRONDISSEMENT}:
            return (
                self.departement_id.partition("-")[2]
                if self.departement_id
                else clock.departement_code_of(self.code)
            )
        if self.kind == Kind.DEPARTEMENT:
            return self.code
        if self.kind == Kind.REGION:
            return clock.overseas_departement_of_region(self.code) or ""
        return self.departement_id.partition("-")[2] if self.departement_id else ""

    @property
    def full_name(self) -> str:
        """The name as it is read aloud: « Communauté de communes … » where the table says « CC »."""
        return naming.full_name(self.name) if self.kind == Kind.EPCI else self.name

    @property
    def short_name(self) -> str:
        """The name as its people say it: « Grand Cahors » for « CA du Grand Cahors »."""
        return naming.short_name(self.name) if self.kind == Kind.EPCI else self.name

    @property
    def departement_name(self) -> str:
        """Name of the département or overseas collectivity, empty where there is none or several.

        Costs a query unless ``departement`` was selected with the row.
        """
        if self.departement is not None:
            return self.departement.name
        return clock.COLLECTIVITIES.get(self.departement_code, "")

    @property
    def timezone(self) -> str:
        """IANA name of the time zone in which the shops of the territory open and close."""
        return clock.timezone_of(self.departement_code, self.code)

    @property
    def holiday_zone(self) -> str:
        """Calendar of public holidays: ``metropole``, ``alsace-moselle`` or an overseas code."""
        return clock.holiday_zone_of(self.departement_code)


class TerritoryContour(models.Model):
    """The simplified outline of a territory, kept apart so that lists never carry it.

    Good for drawing, not for telling where an address lies: 1.5 % of town halls stand outside.
    """

    territory = models.OneToOneField(
        Territory, models.CASCADE, primary_key=True, related_name="contour"
    )
    geometry = models.JSONField(_("GeoJSON geometry"))
    west = models.FloatField(_("west"))
    south = models.FloatField(_("south"))
    east = models.FloatField(_("east"))
    north = models.FloatField(_("north"))

    class Meta:
        verbose_name = _("contour")
        verbose_name_plural = _("contours")
        constraints = (
            models.CheckConstraint(
                name="contour_box_is_ordered",
                condition=Q(west__lte=F("east"), south__lte=F("north")),
            ),
        )

    @override
    def __str__(self) -> str:
        return self.territory_id

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the outline, in degrees."""
        return (self.west, self.south, self.east, self.north)

    def as_feature(self, properties: dict[str, Any]) -> dict[str, Any]:
        """Return the outline as a GeoJSON feature that says ``properties``."""
        return {
            "type": "Feature",
            "id": self.territory_id,
            "bbox": list(self.box),
            "properties": properties,
            "geometry": self.geometry,
        }


class FormerCommune(models.Model):
    """An INSEE code or a name that has moved into a commune of today.

    Old registers keep old codes. A code may also be alive: ``01015`` is both the commune Arboys en
    Bugey and its delegated commune Arbignieu; the commune of today always comes first.
    """

    code = models.TextField(_("former INSEE code"))
    name = models.TextField(_("name"), blank=True, default="")
    search_key = models.TextField(_("search key"), editable=False, db_collation="C")
    nature = models.TextField(_("nature"), choices=Nature.choices)
    commune = models.ForeignKey(Territory, models.CASCADE, related_name="former_communes")

    class Meta:
        verbose_name = _("former commune")
        verbose_name_plural = _("former communes")
        ordering = ("code", "nature")
        constraints = (
            models.UniqueConstraint(
                fields=("code", "nature", "commune"), name="former_commune_is_said_once"
            ),
            models.CheckConstraint(
                name="former_commune_nature_is_known", condition=Q(nature__in=Nature.values)
            ),
        )
        indexes = (GinIndex(WORDS, name="former_commune_by_words"),)

    @override
    def __str__(self) -> str:
        return self.name or self.code
