"""What customers ask of merchants.

A *reservation request* (« mettez-le-moi de côté ») is free of obligation: a sentence in, a yes with
a price or a no out, paid in the shop. It is no order: no payment, no contract before the shop.

Invariants: a request is answered once; a pickup code opens one request; a request that nobody
answers or collects expires.
"""
