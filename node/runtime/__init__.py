"""How does a node start, stop, and outlive a fault in one of its parts?"""
