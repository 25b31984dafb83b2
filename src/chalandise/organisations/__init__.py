"""Legal units (SIREN) and the people who act for them.

An *organisation* is a legal unit of the SIRENE register, or one not yet told apart there. A
*membership* lets a person act for it, as owner or as member.
"""
