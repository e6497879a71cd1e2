"""How good synthetic rows and filled gaps of a table are.

Every function takes a `zukan.data.tables.schema.Schema` and raw matrices: rows of float64 in the units of the table, a
category as the place of its level, NaN for a gap.
"""
