"""The laboratory of nodes: the code that ships, many times over, on a clock of its own."""
