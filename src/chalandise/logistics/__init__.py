"""How what was bought reaches its customer: collected, brought, or sent.

A *way* is one road from a merchant to a customer: the shop's own counter, a pooled pickup point, a
delivery zone, a parcel. A way with *slots* has a capacity for each; a slot is held for an opaque
`holder` while a customer makes up their mind, then made firm or released.

Invariants: a slot never holds more than its capacity, unless a person lowered the capacity below
what was booked, which is recorded and cancels nothing; an expired hold counts for nothing, swept or
not; slots of one place are disjoint, inside its hours, strictly increasing in time.
"""
