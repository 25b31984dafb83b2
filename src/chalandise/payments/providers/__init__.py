"""Adapters: one module for each of those who take money, and the register that names them."""
