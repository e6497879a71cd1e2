"""How like real images generated ones are, in the features of a small classifier."""
