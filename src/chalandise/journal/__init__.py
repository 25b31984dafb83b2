"""What happened and who did it: audit entries, moves between states, the outbox of events.

An *entry* is one past fact about one object. A *move* is a guarded change of state and its entry
together. An *event* is written to the *outbox* in the transaction that made it and read by
subscribers after it has committed. Entries are never changed.
"""
