"""What a category says of itself, and what becomes of its shops when it is retired."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.listings.category_field import CategoryField
from chalandise.directory.actions.categories import CategoryEdit
from chalandise.directory.classification import is_naf, is_osm_rule, normalise_naf
from chalandise.directory.models import Category
from chalandise.web.pictures import illustration, known_pictures

MOST_SYNONYMS = 40


class CategoryForm(forms.Form):
    """All that an operator says of a category; its key is in addresses and stays.

    Without ``category`` it describes a new one, which stands last in its branch.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    plural = forms.CharField(label=gettext_lazy("Plural"), max_length=80, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80)
    plural_en = forms.CharField(
        label=gettext_lazy("Plural in English"), max_length=80, required=False
    )
    synonyms = forms.CharField(
        label=gettext_lazy("Other words people search by"),
        help_text=gettext_lazy("One a line, or parted by commas."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    synonyms_en = forms.CharField(
        label=gettext_lazy("Other words in English"),
        help_text=gettext_lazy("One a line, or parted by commas."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Branch"), queryset=Category.objects.none(), empty_label=None
    )
    position = forms.IntegerField(
        label=gettext_lazy("Position"),
        min_value=0,
        max_value=100_000,
        help_text=gettext_lazy("Lower numbers come first."),
    )
    naf_codes = forms.CharField(
        label=gettext_lazy("Codes of the register (NAF)"),
        help_text=gettext_lazy(
            "Imports of the register file shops under these. A code given here leaves the category "
            "that had it; shops already imported stay where they are."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    osm_tags = forms.CharField(
        label=gettext_lazy("OpenStreetMap tags"),
        help_text=gettext_lazy(
            "Imports of OpenStreetMap file shops under these. One a line, such as shop=bakery; "
            "several that are needed together are joined by &."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tint = forms.RegexField(
        r"^#[0-9A-Fa-f]{6}$",
        label=gettext_lazy("Tint"),
        help_text=gettext_lazy("A soft colour, which sites that show our data may put behind it."),
        initial="#F6E3C5",
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    icon = forms.ChoiceField(label=gettext_lazy("Picture"), choices=[], widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, category: Category | None = None) -> None:
        super().__init__(data, initial=_present(category) if category else None)
        if category is None:
            del self.fields["position"]
            self.fields["parent"].empty_label = "—"  # type: ignore[attr-defined]
        if category is not None and category.parent_id is None:
            del self.fields["parent"]
        else:
            branches = Category.objects.filter(parent=None).order_by("position", "key")
            self.fields["parent"].queryset = branches  # type: ignore[attr-defined]
        own = [category.icon] if category else []
        icons = dict.fromkeys([*own, *sorted(known_pictures())])
        self.fields["icon"].choices = [(one, _picture(one)) for one in icons]  # type: ignore[attr-defined]

    def clean_synonyms(self) -> list[str]:
        """Part the words, each once."""
        return self._words("synonyms")

    def clean_synonyms_en(self) -> list[str]:
        """Part the English words, each once."""
        return self._words("synonyms_en")

    def _words(self, field: str) -> list[str]:
        words = _parts(self.cleaned_data[field])
        if len(words) > MOST_SYNONYMS or any(len(word) > 60 for word in words):
            raise forms.ValidationError(_("Forty words at most, each of sixty letters at most."))
        return words

    def clean_naf_codes(self) -> list[str]:
        """Read codes as people write them: 4724z is 47.24Z."""
        codes = [normalise_naf(one) for one in _parts(self.cleaned_data["naf_codes"])]
        wrong = [one for one in codes if not is_naf(one)]
        if wrong:
            raise forms.ValidationError(
                _("This is not a NAF code: %(code)s. One is written like 47.24Z.")
                % {"code": wrong[0]}
            )
        return list(dict.fromkeys(codes))

    def clean_osm_tags(self) -> list[str]:
        """Read tags as OpenStreetMap writes them."""
        tags = ["".join(one.split()) for one in _parts(self.cleaned_data["osm_tags"])]
        wrong = [one for one in tags if len(one) > 80 or not is_osm_rule(one)]
        if wrong:
            raise forms.ValidationError(
                _("This is not a tag of a shop: %(tag)s. One is written like shop=bakery.")
                % {"tag": wrong[0]}
            )
        return list(dict.fromkeys(tags))

    def edit(self) -> CategoryEdit:
        """Return the category as the valid form wants it."""
        return CategoryEdit(**{"parent": None, "position": 0, **self.cleaned_data})


def _parts(text: str) -> list[str]:
    """Part a list on its commas and lines, each item once."""
    parts = text.replace("\n", ",").split(",")
    return list(dict.fromkeys(one for part in parts if (one := " ".join(part.split()))))


def _picture(icon: str) -> SafeString:
    """Draw an icon as the label of its choice; its name is what a screen reader says."""
    return format_html(
        '<img src="{}" alt="{}" width="64" height="64" loading="lazy">',
        illustration(icon).square,
        icon.replace("-", " "),
    )


def _present(category: Category) -> dict[str, Any]:
    """Return what the fields say of a category now."""
    return {
        "name": category.name,
        "plural": category.plural,
        "name_en": category.name_en,
        "plural_en": category.plural_en,
        "synonyms": "\n".join(category.synonyms),
        "synonyms_en": "\n".join(category.synonyms_en),
        "parent": category.parent_id,
        "position": category.position,
        "naf_codes": ", ".join(category.naf_codes),
        "osm_tags": "\n".join(category.osm_tags),
        "icon": category.icon,
        "tint": category.tint,
    }


class RetireForm(forms.Form):
    """Where the shops of a category go when it is no longer proposed."""

    moving_to = CategoryField(
        label=gettext_lazy("Move its shops to"),
        required=False,
        empty_label=gettext_lazy("They keep it"),
        help_text=gettext_lazy(
            "What takes its place also takes its codes of the register, and its address leads there."
        ),
    )

    def __init__(self, data: Any = None, *, category: Category) -> None:
        super().__init__(data)
        others = Category.objects.choosable().exclude(pk=category.pk)
        self.fields["moving_to"].queryset = others  # type: ignore[attr-defined]
