"""The demonstration: a fictional Lot, full and lively, made from a seed.

The communes are real; the shops, their telephone numbers (reserved for fiction by Arcep) and
their people are not.
"""
