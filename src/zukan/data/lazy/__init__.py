"""Items that are read when needed, so that data may be larger than memory."""
