"""Tables: from the cells of any door to typed columns, features and labels."""
