"""Preparing what was ordered and putting it into the right hands.

A *fulfilment* follows one merchant order from the moment it stands until somebody has the goods, or
nobody will. A *question* is what the merchant must ask the customer on the way: something is missing,
or weighs more than was agreed. A *pass* is the customer's rotating QR code. A *tap* is one gesture of
the merchant under a key of its own, so that a gesture kept offline and sent twice acts once.

Invariants: one fulfilment a merchant order; no more is missing than was ordered; a hand-over is
written once and never changes; nothing with an age limit leaves without the age having been checked;
a tap acts once.
"""
