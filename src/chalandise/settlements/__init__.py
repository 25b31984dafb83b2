"""What was sold, said so that an accountant, a tax office and a merchant can rely on it.

Words: a *journal* of the ledger holds *entries* that sum to zero; a *sales record* is one line of
the merchant's chained journal of sales; a *closure* seals a day, a month or a year of it; an
*invoice* or *credit note* is numbered without gaps in the merchant's *series* under their mandate;
a *statement* tells a merchant what a period came to.

Invariants: entries and records are only ever added (triggers); every ledger journal sums to zero
per currency (deferred constraint trigger); numbers have no gaps; the tax on credit notes adds up to
the tax of their invoice exactly; a record never falls into a closed period.
"""
