"""Serving customers: the board, hand-over, telephone, withdrawals, what was put aside."""
