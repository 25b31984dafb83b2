"""What the bank does: opens accounts and sessions, takes cards, gives back, tells the news."""
