"""Tables and pages that leave the house: for merchants, accountants, tax offices."""
