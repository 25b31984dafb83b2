"""After the order: following it, its papers, the round of collecting, withdrawing."""
