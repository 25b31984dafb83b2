"""The simulated bank: a stranger with a counter of its own, for demonstrations and for tests.

It behaves as a payment provider does: accounts of merchants, *sessions* in which a cardholder pays
one *charge* per merchant, strong authentication, declines, refunds, disputes, signed *events* that
come late, twice or in the wrong order, idempotency keys, and *faults* scripted beforehand. It
speaks JSON through `gateway` and events through `wire`; it imports no room that sells anything.

Invariants: a charge is captured at most once; refunds never exceed what was captured; one
idempotency key does one thing. It never opens in production.
"""
