"""Territories: the Code officiel géographique as one table.

Words: a *territory* is a region, a *département*, an intercommunality (*epci*), a commune or a
municipal *arrondissement* of Paris, Lyon or Marseille. A *scope* is a set of territories. A
*contour* is the outline drawn on maps. A *former commune* is an INSEE code or a name that now lives
inside another commune.

Invariants: the key says the kind and the official code (``commune-46042``). Membership hangs on the
commune, because 89 intercommunalities span several départements and 26 several regions, and is
always told by codes, never by geometry.
"""
