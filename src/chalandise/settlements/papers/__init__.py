"""Papers for customers that are no invoices: a receipt, the contract as kept, an acknowledgement."""
