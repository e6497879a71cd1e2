"""Readers, one file for each kind of source; `dispatch` decides which one reads a given source."""
