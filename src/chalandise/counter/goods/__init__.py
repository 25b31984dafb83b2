"""What is on the shelf: products, offers, the table, files brought."""
