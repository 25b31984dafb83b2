"""How one sells: seller and terms, collection and delivery, papers and exports."""
