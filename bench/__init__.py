"""Measures Chalandise beside what the machine can do at best: `make bench`.

Every figure stands beside two floors of the same run, on the same server with the same two workers:
the *page floor* (a bare Django view, one ORM query, one template of 24 cards) and the *JSON floor*
(a bare Django view, one indexed query of 24 rows, JSON). Ratios to the floors hold on any machine;
requests a second hold on one. `docs/benchmarks.md` says how to read them.
"""
