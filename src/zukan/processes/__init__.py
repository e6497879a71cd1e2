"""A command that runs as several processes, on one machine or many: they start, talk, and end together."""

from zukan.processes.group import Group
from zukan.processes.joining import alone, current, end, joined
from zukan.processes.launch import Launch, find, talks

__all__ = ["Group", "Launch", "alone", "current", "end", "find", "joined", "talks"]
