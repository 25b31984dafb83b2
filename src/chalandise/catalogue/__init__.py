"""What merchants sell, and on which terms.

A *product* is what it is, a *variant* one form of it that can be sold, an *offer* one merchant's
terms for a variant: price with all taxes, tax code, whether stock is kept. A *gift basket* is a
product made of several offers.

Invariants: prices are whole cents above zero; the history of prices is only added to, and what was
crossed out is computed from it, never typed; nothing is published while the law asks for something
that is missing; the shares of a basket add up to its price to the cent.
"""
