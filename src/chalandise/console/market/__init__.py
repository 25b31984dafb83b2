"""What of the market needs a person: money, orders, shared points."""
