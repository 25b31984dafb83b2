"""Writes of the federation: runs of imports, their batches and removals, and decisions on pairs."""
