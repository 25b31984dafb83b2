"""What the law asks of a kind of product, asked in one go: a tap where a tap can say it.

Nothing is assumed: allergens are never ticked beforehand. What a shop said of the last product of
the same kind stands in the fields, with the name of that product above, for the merchant to read
and to correct; the button below says all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from typing_extensions import override

from chalandise.catalogue.actions import Answers
from chalandise.catalogue.books import PUBLISHED
from chalandise.catalogue.fish import FISH_SHEET
from chalandise.catalogue.measures import read_measure
from chalandise.catalogue.models import Product, ProductCategory, Variant
from chalandise.catalogue.queries.answers import LastAnswers, last_answers, publishers_of
from chalandise.catalogue.queries.publishing import profile_of
from chalandise.catalogue.sheets import NOT_CONCERNED, is_idu, is_loose, is_made_by_seller
from chalandise.catalogue.states import NetUnit, ProductLabel
from chalandise.counter.goods.allergen_taps import NONE, AllergenTaps, allergens_said
from chalandise.counter.goods.fish_fields import ask_for_waters, fish_fields, fish_said
from chalandise.counter.goods.price_field import PriceField
from chalandise.counter.goods.shelf_words import say_maker
from chalandise.counter.photo_pages import say_picture_refusal
from chalandise.directory.models import Establishment
from chalandise.directory.photos import MOST_BYTES
from chalandise.web.epr_words import say_stream

_OF_ANY_FORM = frozenset({"allergens", "origin", "alcohol_degree", "photo"})
_OF_ONE_FORM = frozenset({"net_quantity", "publisher_price"})
_SHEETS = ("food_sheet:", "safety:", "idu:")
_MAKER = ("manufacturer_name", "manufacturer_address", "manufacturer_email")
_PACKER = ("operator_name", "operator_address")
_MAKERS = frozenset({"manufacturer", "publisher"})


class AskedForm(forms.Form):
    """The questions of one kind; which there are depends on what its category asks for.

    Args:
        data: what was typed, or None.
        shop: whose shelf.
        category: the kind.
        product: on the second screen, what was put on the shelf.
        missing: on the second screen, the codes that still lack; all the kind asks for otherwise.
    """

    def __init__(
        self,
        data: Any,
        files: Any = None,
        *,
        shop: Establishment,
        category: ProductCategory,
        product: Product | None = None,
        missing: Collection[str] | None = None,
    ) -> None:
        super().__init__(data, files)
        self.shop, self.category, self.product = shop, category, product
        self.is_printed = category.pk in PUBLISHED
        self.profile = profile_of(shop.organisation)
        self.asked = _asked(category.requirements, missing) - self._held_already()
        self.last = last_answers(shop, category.pk) if self.asked else LastAnswers()
        self._ask_of_food()
        self._ask_of_makers()
        for stream in self._streams:
            self._ask_of_recycling(stream)
        if missing is not None and "photo" in missing:
            field = forms.FileField(label=_("The photograph"), required=False, max_length=255)
            field.widget = forms.FileInput(attrs={"accept": "image/*", "capture": "environment"})
            self.fields["photo"] = field

    @property
    def like(self) -> str:
        """The product whose answers stand in the fields, where there are any."""
        return self.last.like.name if self.last.like and any(self.initial.values()) else ""

    @property
    def publishers(self) -> list[str]:
        """The names to choose from where a publisher is asked for; one statement."""
        return publishers_of(self.shop) if "manufacturer_name" in self.fields else []

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields that are always seen, in the order of asking."""
        return [self[name] for name in self.fields if name not in self._folded]

    @property
    def folded(self) -> list[forms.BoundField]:
        """Who makes it where it is not the merchant, which « I make it myself » leaves needless."""
        return [self[name] for name in self.fields if name in self._folded]

    @property
    def is_fold_open(self) -> bool:
        """Whether something in the fold is said, or wrong."""
        return any(one.errors or one.value() for one in self.folded)

    @override
    def clean(self) -> dict[str, Any]:
        """Hold out for one answer about allergens."""
        said = super().clean() or self.cleaned_data
        ticked = said.get("allergens") or []
        if NONE in ticked and len(ticked) > 1:
            text = _("Either some of them or none: untick one of the two.")
            self.add_error("allergens", text)
        return said

    def clean_amount(self) -> tuple[Decimal | None, str]:
        """Read « 250 g » and « 75 cL »."""
        typed = self.cleaned_data["amount"]
        quantity, unit = read_measure(typed)
        if typed and quantity is None:
            raise forms.ValidationError(_("Write a number and a unit, such as 250 g or 75 cL."))
        return quantity, unit

    def clean_photo(self) -> object:
        """Stop what is too heavy before it is read into memory."""
        photo = self.cleaned_data["photo"]
        if photo and photo.size > MOST_BYTES:
            raise forms.ValidationError(say_picture_refusal("too_heavy"))
        return photo

    def keep_typed(self, typed: QueryDict) -> None:
        """Go on with what was answered when the kind was thought to be another."""
        for name, field in self.fields.items():
            if isinstance(field, forms.MultipleChoiceField):
                self.initial[name] = typed.getlist(name)
            elif typed.get(name):
                self.initial[name] = typed[name]

    def answers(self, *, price_cents: int) -> Answers:
        """Return what was said, and nothing that was not."""
        said = self.cleaned_data
        changes: dict[str, object] = {}
        if ticked := said.get("allergens"):
            changes["allergens"] = allergens_said(ticked)
        if said.get("is_made_here"):
            changes |= {"is_made_here": True, "origin": said.get("origin") or home_of(self.shop)}
        elif said.get("origin"):
            changes["origin"] = said["origin"]
        if said.get("alcohol_degree"):
            changes["alcohol_degree"] = said["alcohol_degree"]
        if said.get("is_second_hand"):
            changes["labels"] = [ProductLabel.SECOND_HAND]
        if sheet := self._food_sheet():
            changes["food_sheet"] = sheet
        if safety := self._safety():
            changes["safety"] = safety
        if numbers := self._numbers():
            changes["epr_ids"] = numbers
        quantity, unit = said.get("amount") or (None, "")
        offer = {"net_quantity": str(quantity), "net_unit": unit} if quantity else {}
        publisher = None
        if "is_publisher_price" in self.fields and not said.get("is_second_hand"):
            publisher = price_cents if said["is_publisher_price"] else said["publisher_price"]
        photo = said.get("photo")
        return Answers(changes, offer, publisher, photo.read() if photo else None)

    @property
    def _streams(self) -> list[str]:
        return [one.partition(":")[2] for one in self.asked if one.startswith("idu:")]

    @property
    def _folded(self) -> tuple[str, ...]:
        return _PACKER if self.is_printed else (*_PACKER, *_MAKER)

    def _held_already(self) -> set[str]:
        """The recycling numbers that the seller has for all its products."""
        numbers = self.profile.epr_ids if self.profile else {}
        return {f"idu:{stream}" for stream, number in numbers.items() if is_idu(number)}

    def _ask_of_food(self) -> None:
        if "allergens" in self.asked:
            self.fields["allergens"] = AllergenTaps(self.last.like)
        if "origin" in self.asked:
            self._ask_of_origin()
        if "fish" in self.asked:
            self.fields.update(fish_fields(self.product.food_sheet if self.product else {}))
        if self.asked & {"food_sheet", "net_quantity"}:
            self._ask_how_much()
        if "alcohol_degree" in self.asked:
            label = _("Alcohol (% of volume)")
            self.fields["alcohol_degree"] = _line(label, longest=6, inputmode="decimal")
        if "food_sheet" in self.asked:
            self._ask_of_label()

    def _ask_of_origin(self) -> None:
        home = home_of(self.shop)
        text = _("I grow or make it here: %(place)s") % {"place": home}
        self.fields["is_made_here"] = _tick(text)
        self.fields["origin"] = _line(_("Or where does it come from?"), longest=120)
        if self.last.like:
            origin = self.last.like.origin
            self.initial["is_made_here"] = self.last.like.is_made_here
            self.initial["origin"] = "" if origin == home else origin
        if "fish" in self.category.requirements:
            ask_for_waters(self.fields)

    def _ask_how_much(self) -> None:
        if self.asked & {"food_sheet", "allergens"}:
            text = _("Then neither quantity nor label is asked for.")
            self.fields["is_loose"] = _tick(_("Loose, or wrapped before the customer"), text)
            self.initial["is_loose"] = is_loose(self.last.food_sheet)
        if "net_quantity" in self.asked:
            self.fields["amount"] = _line(_("How much is in it?"), longest=20, eg="250 g")
            self.initial["amount"] = _written(self.last.size)

    def _ask_of_label(self) -> None:
        self.fields["ingredients"] = _lines(_("Ingredients"))
        self.fields["storage"] = _lines(_("How to keep it, until when"))
        self.fields["is_own_make"] = _tick(_("I make it myself"), say_maker(self.profile))
        self.fields["operator_name"] = _line(_("Made or packed by"))
        self.fields["operator_address"] = _line(_("Their address"))
        is_self = self._is_packer_self()
        self.initial["is_own_make"] = is_self
        for name in ("storage", *_PACKER):
            is_needless = is_self and name in _PACKER
            self.initial[name] = "" if is_needless else self.last.food_sheet.get(name, "")

    def _ask_of_makers(self) -> None:
        if "publisher_price" in self.asked:
            self.fields["is_publisher_price"] = _tick(
                _("This is the publisher’s price, printed on the book")
            )
            self.fields["publisher_price"] = PriceField(
                label=_("Or the publisher’s price, if you ask up to 5 % less (€)"), required=False
            )
        if "publisher" in self.asked:
            self.fields["is_second_hand"] = _tick(_("It is second-hand"))
        if not self.asked & _MAKERS:
            return
        own = _("I publish it myself") if self.is_printed else _("I make it myself")
        self.fields["is_own_make"] = _tick(own, say_maker(self.profile))
        labels = (
            (_("Publisher"), _("Publisher’s address"), _("Publisher’s e-mail or website"))
            if self.is_printed
            else (
                _("Manufacturer"),
                _("Manufacturer’s address"),
                _("Manufacturer’s e-mail"),
            )
        )
        for name, label in zip(_MAKER, labels, strict=True):
            self.fields[name] = _line(label)
        self.fields[_MAKER[0]].help_text = _(
            "The name is enough where another of your products has its address already."
        )
        self.fields[_MAKER[0]].widget.attrs["list"] = "makers"
        if is_made_by_seller(self.last.safety):
            self.initial["is_own_make"] = True
        elif not self.is_printed:  # the next book has another publisher
            self.initial.update({name: self.last.safety.get(name, "") for name in _MAKER})

    def _ask_of_recycling(self, stream: str) -> None:
        said = {"stream": say_stream(stream)}
        known = self.last.epr_ids.get(stream, "")
        self.fields[f"free_{stream}"] = _tick(_("Not concerned by “%(stream)s”") % said)
        self.fields[f"epr_{stream}"] = _line(
            _("Recycling number for “%(stream)s”") % said, longest=20, eg="FR123456_01ABCD"
        )
        self.initial[f"free_{stream}"] = known == NOT_CONCERNED
        self.initial[f"epr_{stream}"] = "" if known == NOT_CONCERNED else known

    def _food_sheet(self) -> dict[str, str]:
        said = self.cleaned_data
        sheet = dict(self.product.food_sheet) if self.product else {}
        fish = {key: text for key, text in fish_said(said).items() if text}
        if said.get("is_loose"):
            return {**sheet, **fish, "is_prepacked": "no"}
        if "ingredients" not in self.fields:
            return {**sheet, **fish} if fish else {}
        typed = {name: said[name] for name in ("ingredients", "storage", *_PACKER)}
        if said["is_own_make"]:
            typed |= self._own_packer()
        return {**sheet, **fish, **{key: text for key, text in typed.items() if text}}

    def _safety(self) -> dict[str, str]:
        said = self.cleaned_data
        if "manufacturer_name" not in self.fields:
            return {}
        sheet = dict(self.product.safety) if self.product else {}
        if said["is_own_make"]:
            return {**sheet, "is_own_make": "yes"}
        return {**sheet, **{name: said[name] for name in _MAKER if said[name]}}

    def _numbers(self) -> dict[str, str]:
        said = self.cleaned_data
        numbers = dict(self.product.epr_ids) if self.product else {}
        for stream in self._streams:
            text = NOT_CONCERNED if said[f"free_{stream}"] else said[f"epr_{stream}"].strip()
            if text:
                numbers[stream] = text
        return numbers

    def _own_packer(self) -> dict[str, str]:
        """The merchant as the one who packs: the identity that customers read anyway."""
        if self.profile is None:
            return {}
        address = ", ".join(self.profile.address.splitlines())
        return {"operator_name": self.profile.legal_name, "operator_address": address}

    def _is_packer_self(self) -> bool:
        before = self.last.food_sheet.get("operator_name", "")
        return bool(before) and before == self._own_packer().get("operator_name")


def askable(missing: Iterable[str], product: Product) -> bool:
    """Tell whether a question of the short screen can say something of what lacks."""
    known = _OF_ANY_FORM | (_OF_ONE_FORM if product.variants.count() == 1 else frozenset())
    return any(code in known or code.startswith(_SHEETS) for code in missing)


def home_of(shop: Establishment) -> str:
    """Return where a shop makes what it makes, as an origin: « Cahors (Lot), France »."""
    commune = shop.commune
    if commune.departement is None:
        return f"{commune.name}, France"
    return f"{commune.name} ({commune.departement.name}), France"


def _asked(requirements: Iterable[str], missing: Collection[str] | None) -> set[str]:
    """Return the requirements to ask for: all of them, or those of what lacks."""
    if missing is None:
        return set(requirements)
    roots = {_root(one) for one in missing}
    if "safety" in roots:
        roots |= _MAKERS
    return roots & set(requirements)


def _root(code: str) -> str:
    """Return the requirement of which a code that lacks is a part."""
    sheet, _colon, key = code.partition(":")
    if sheet == "food_sheet" and key in FISH_SHEET:
        return "fish"
    return code if sheet == "idu" else sheet


def _written(size: Variant | None) -> str:
    if size is None or size.net_quantity is None:
        return ""
    number = f"{size.net_quantity.normalize():f}".replace(".", ",")
    return f"{number} {NetUnit(size.net_unit).label}"


def _tick(label: str, help_text: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


def _line(label: str, *, longest: int = 200, eg: str = "", **attrs: str) -> forms.CharField:
    attrs = {"autocomplete": "off", **({"placeholder": eg} if eg else {}), **attrs}
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, required=False, max_length=longest, widget=widget)


def _lines(label: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget)
