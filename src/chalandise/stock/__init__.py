"""What is on the shelves, and what is kept for whom.

A *level* counts one offer: on hand, reserved (kept for a while), allocated (promised). A
*reservation* keeps a quantity for a *holder*, an opaque identifier: this room never learns what an
order is. A *movement* says why the count changed.

Invariants, kept by the database: nothing below zero, and never more reserved and allocated than on
hand. Whoever changes levels locks them first, in the order of their keys, in one statement.
"""
