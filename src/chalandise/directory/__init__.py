"""The directory: establishments, what is known of them, where each fact comes from.

An *establishment* is one place where an organisation works (SIRET). Its *facts* each have a
*provenance*: source, date, who checked. A *claim* is a person's request to look after a sheet. A
*category* is our public classification; an *activity* is the official NAF code.

Invariants: a fact is replaced only by one of an equal or stronger source; an establishment stands
in a commune and is never copied between portals; an e-mail address is never shown.
"""
