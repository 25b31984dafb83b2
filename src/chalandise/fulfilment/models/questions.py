"""Tables of what the merchant must ask the customer while preparing."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.fulfilment.models.fulfilments import Fulfilment
from chalandise.fulfilment.states import QuestionKind, QuestionState
from chalandise.kernel.tokens import new_link_token
from chalandise.ordering.models import OrderLine


class Question(models.Model):
    """Something is missing, or weighs more than was agreed: the customer chooses.

    Without an answer by ``decides_at`` it is not supplied and not paid.
    """

    fulfilment = models.ForeignKey(Fulfilment, on_delete=models.PROTECT, related_name="questions")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=8, choices=QuestionKind.choices)
    state = models.CharField(
        max_length=8, choices=QuestionState.choices, default=QuestionState.OPEN
    )
    token = models.CharField(max_length=64, unique=True, default=new_link_token)
    quantity = models.PositiveIntegerField(_("quantity"))  # how many are missing
    grams = models.PositiveIntegerField(_("weight"), null=True, blank=True)
    cents = models.PositiveBigIntegerField(_("price"), null=True, blank=True)  # if agreed
    substitute_name = models.CharField(_("instead"), max_length=200, blank=True)
    substitute_age = models.PositiveSmallIntegerField(
        default=0, db_default=0
    )  # 0 where anybody may
    word = models.CharField(_("a word to the customer"), max_length=300, blank=True)
    asked_at = models.DateTimeField()
    decides_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [
            models.Index(
                fields=["decides_at"],
                condition=models.Q(state="open"),
                name="fulfilment_open_questions",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="fulfilment_asks_about_something"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="heavier") | models.Q(grams__gt=0, cents__isnull=False),
                name="fulfilment_heavier_has_its_weight",
            ),
            models.UniqueConstraint(
                fields=["line", "kind"],
                condition=models.Q(state="open"),
                name="fulfilment_one_open_question",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.line}: {self.kind}, {self.state}"
