"""What the operator writes: selections of shops, and short texts.

A *selection* is a named handful of establishments that a portal puts forward for a while.
"""
