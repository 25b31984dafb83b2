"""Buying: the basket, the checkout's three screens, the way to the bank and back."""
