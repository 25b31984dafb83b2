"""Money promised, taken and given back, whoever takes it.

A *payment* is one merchant order's money; a *visit* is one trip of the customer to the provider's
pages, with one payment per merchant; a *provider* takes the money (`ports.Provider`); `settle` is
the only road from money to a paid order.

Invariants: what a provider says is believed only when it is looked up and agrees with what was
asked; refunds never exceed what was captured; an event has at most one effect; an idempotency key
is stored before it is used. Money that fits no order is given back or waits for a person.
"""
