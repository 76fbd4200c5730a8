"""Health: how is the node doing?"""
