"""Portals: the places that operators open on a territory.

A *portal* has a host or a path, a *scope* (territories), an appearance and an operator. A
*sub-portal* inherits from its parent what it does not say itself, and narrows the scope. A *role*
given in a portal holds in every portal below it, never above.
"""
