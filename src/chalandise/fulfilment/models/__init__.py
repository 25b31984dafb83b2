"""Tables of fulfilment, one file per subject."""

from chalandise.fulfilment.models.fulfilments import Fulfilment, HandOver, NoShow
from chalandise.fulfilment.models.questions import Question
from chalandise.fulfilment.models.taps import TappedAction

__all__ = ["Fulfilment", "HandOver", "NoShow", "Question", "TappedAction"]
